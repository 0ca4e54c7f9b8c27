//! A command as a user writes it, and the words it is made of. No shell takes part: who wants one writes `sh -c '...'`.

/// Splits at blanks; `'..'` and `".."` hold words together, a backslash takes the next character as it is (not between `'`).
///
/// # Errors
/// What is wrong, in a few words.
pub(super) fn words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(q), c) if c == q => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => {
                let next = characters.next().ok_or("nothing follows the last backslash")?;
                word.get_or_insert_default().push(next);
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quotation mark is not closed");
    }
    words.extend(word);
    if words.is_empty() { Err("there is no command") } else { Ok(words) }
}

/// What the variables in a command, its environment and its files stand for.
pub(super) struct Variables<'a> {
    pub(super) port: u16,
    pub(super) run: &'a std::path::Path,
    pub(super) dir: &'a std::path::Path,
}

impl Variables<'_> {
    /// `{port}`, `{run}` and `{dir}` replaced; other braces stay (configuration files are full of them).
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{port}", &self.port.to_string())
            .replace("{run}", &self.run.to_string_lossy())
            .replace("{dir}", &self.dir.to_string_lossy())
    }
}
