//! What single fields of a response say, and whether the fields that should be there are.

use wiregauge_proto::field::typed::{Allow, ContentType, ETag, LastModified, Location, RetryAfter, TypedField, Vary};
use wiregauge_proto::message::Message;

use super::super::echo::show;
use super::super::matcher::{has_member, members};
use super::date::is_imf_fixdate;
use super::head::spot;
use super::{Courtesy, Rule, Scene};

impl Courtesy {
    /// Every response: fields that follow a grammar of their own.
    pub(super) fn field_values(&mut self, scene: Scene<'_>, message: &Message) {
        self.one::<ContentType>(Rule::ContentTypeSyntax, scene, message);
        self.one::<ETag>(Rule::EntityTagSyntax, scene, message);
        self.one::<Location>(Rule::LocationSyntax, scene, message);
        self.one::<RetryAfter>(Rule::RetryAfterSyntax, scene, message);
        self.one::<Allow>(Rule::AllowSyntax, scene, message);
        self.one::<Vary>(Rule::VarySyntax, scene, message);
        let codings: Vec<&[u8]> = message.values("content-encoding").collect();
        if !codings.is_empty() {
            let because = has_member(&codings, b"identity").then(|| "identity as a content coding".to_owned());
            self.note(Rule::IdentityCoding, scene, spot(message), because);
        }
        self.modified(scene, message);
    }

    /// Every line of a field follows its grammar. How many lines there may be is a rule of its own.
    fn one<T: TypedField>(&mut self, rule: Rule, scene: Scene<'_>, message: &Message) {
        for value in message.values(T::NAME) {
            let broken = T::parse(&mut [value].into_iter()).is_err();
            self.note(rule, scene, spot(message), broken.then(|| format!("{} is {}", T::NAME, show(value))));
        }
    }

    /// Last-Modified is no later than Date. A second of difference is left to servers that keep the text of their Date for that long.
    fn modified(&mut self, scene: Scene<'_>, message: &Message) {
        let date = |name| {
            let value = message.values(name).next().filter(|value| is_imf_fixdate(value))?;
            LastModified::parse(&mut [value].into_iter()).ok().map(|date| date.0.seconds())
        };
        let (Some(modified), Some(sent)) = (date("last-modified"), date("date")) else { return };
        let because = || format!("Last-Modified is {} seconds later than Date", modified - sent);
        self.note(Rule::ModifiedBeforeSent, scene, spot(message), (modified > sent + 1).then(because));
    }

    /// Every final response: fields that should be there.
    pub(super) fn fields_expected(&mut self, scene: Scene<'_>, message: &Message) {
        let at = spot(message);
        let lacks = |name: &str| message.values(name).next().is_none();
        let redirected = match message.status {
            301 => Some(Rule::LocationWith301),
            302 => Some(Rule::LocationWith302),
            307 => Some(Rule::LocationWith307),
            308 => Some(Rule::LocationWith308),
            _ => None,
        };
        if let Some(rule) = redirected {
            self.note(rule, scene, at, lacks("location").then(|| format!("a {} without location", message.status)));
        }
        if !message.content.is_empty() {
            let because = || "content without content-type".to_owned();
            self.note(Rule::ContentTypePresent, scene, at, lacks("content-type").then(because));
        }
        if !message.trailers.is_empty() {
            let announced: Vec<&[u8]> = message.values("trailer").flat_map(members).collect();
            let surprise = message.trailers.iter().find(|(name, _)| !has_member(&announced, name));
            let because =
                surprise.map(|(name, _)| format!("no Trailer field announced the trailer field {}", show(name)));
            self.note(Rule::TrailerAnnounced, scene, at, because);
        }
    }
}
