//! The flags that select cases, the same for every command that has to do with several.

use crate::corpus::model::{Case, Corpus, Keyword, Kind, Role};
use crate::corpus::select::{NamePattern, Section, Selection, kind_from_str, level_from_str};
use crate::judge::result::Report;

/// Which cases. Flags of one sort are alternatives, flags of different sorts must all hold.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct SelectArgs {
    /// Part of the id, or a pattern with * and ? for the whole of it; `!PATTERN` leaves out
    #[arg(long, value_name = "PATTERN")]
    filter: Vec<NamePattern>,
    /// Requirements of a section and those below it: 9112:7.1, or 9110
    #[arg(long, value_name = "RFC:SECTION")]
    section: Vec<Section>,
    /// Requirements of a level: must, should, may, grammar
    #[arg(long, value_name = "LEVEL", value_parser = level_from_str)]
    level: Vec<Keyword>,
    /// conformance, hardening or survey
    #[arg(long, value_name = "KIND", value_parser = kind_from_str)]
    kind: Vec<Kind>,
    /// A tag, such as slow or limit; `!TAG` leaves out
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
}

impl SelectArgs {
    /// Whether nothing narrows the corpus.
    pub(super) fn is_all(&self) -> bool {
        self.filter.is_empty()
            && self.section.is_empty()
            && self.level.is_empty()
            && self.kind.is_empty()
            && self.tag.is_empty()
    }

    /// The selection, for subjects of these roles (of any, if none is named).
    pub(super) fn selection(&self, roles: &[Role]) -> Selection {
        Selection {
            names: self.filter.clone(),
            sections: self.section.clone(),
            levels: self.level.clone(),
            kinds: self.kind.clone(),
            tags: self.tag.clone(),
            roles: roles.to_vec(),
        }
    }

    /// The cases.
    pub(super) fn cases<'c>(&self, corpus: &'c Corpus, roles: &[Role]) -> Vec<&'c Case> {
        self.selection(roles).select(corpus)
    }

    /// Whether nothing but `--kind` narrows the corpus: then what a subject sends is judged beside the cases.
    pub(super) fn is_whole_kinds(&self) -> bool {
        SelectArgs { kind: Vec::new(), ..self.clone() }.is_all()
    }

    /// Takes out results of a kind that was not asked for.
    pub(super) fn keep_kinds(&self, report: &mut Report) {
        if !self.kind.is_empty() {
            report.cases.retain(|result| self.kind.contains(&result.kind));
            report.summary.retain(|kind, _| self.kind.contains(kind));
        }
    }
}

/// A role as fixtures write it.
pub(super) fn role_from_str(text: &str) -> Result<Role, String> {
    match text {
        "server" => Ok(Role::Server),
        "client" => Ok(Role::Client),
        "proxy" => Ok(Role::Proxy),
        "parser" => Ok(Role::Parser),
        _ => Err(format!("`{text}` is not a role; write server, client, proxy or parser")),
    }
}
