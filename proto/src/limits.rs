//! Every limit of the reader in one place.

/// How much of everything is read. The defaults suit a public server; every count is inclusive (a value equal to the limit is read).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Empty lines skipped before a request-line (RFC 9112 §2.2).
    pub empty_lines: u32,
    /// Octets of a method.
    pub method: u32,
    /// Octets of a request-target; RFC 9112 §3 asks for request-lines of at least 8000 octets.
    pub request_target: u32,
    /// Octets of a reason phrase.
    pub reason: u32,
    /// Octets of a field name.
    pub field_name: u32,
    /// Octets of a field value.
    pub field_value: u32,
    /// Field lines in a head.
    pub field_count: u32,
    /// Octets of a head, from the first of the start-line to the end of the empty line.
    pub head: u32,
    /// Octets of content; `u64::MAX` leaves it to whoever reads it.
    pub content: u64,
    /// Digits of a chunk size, leading zeros included.
    pub chunk_size_digits: u32,
    /// Octets of the extensions of one chunk line.
    pub chunk_ext: u32,
    /// Octets of the extensions of all chunks of a message.
    pub chunk_ext_total: u32,
    /// Octets of a trailer section.
    pub trailer_section: u32,
    /// Field lines in a trailer section.
    pub trailer_count: u32,
    /// Interim responses before a final one.
    pub interim_responses: u32,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Limits = Limits {
        empty_lines: 4,
        method: 64,
        request_target: 16 * 1024,
        reason: 1024,
        field_name: 256,
        field_value: 32 * 1024,
        field_count: 128,
        head: 64 * 1024,
        content: u64::MAX,
        chunk_size_digits: 32,
        chunk_ext: 1024,
        chunk_ext_total: 16 * 1024,
        trailer_section: 16 * 1024,
        trailer_count: 64,
        interim_responses: 32,
    };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}
