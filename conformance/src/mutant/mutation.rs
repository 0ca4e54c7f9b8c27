//! The ways to be wrong. Each names the requirement it breaks, so that a test can ask for a case that cites it and fails.

/// Whether a parser could be blamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// A message is read that the grammar or the framing rules refuse, or is read wrongly.
    Reading,
    /// No parser rule names it: order, endings, state, early answers, wrong octets sent.
    Behaviour,
}

macro_rules! mutations {
    ($($name:ident $id:literal $nature:ident [$($requirement:literal),+] $sentence:literal)*) => {
        /// One way to be wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Mutation {
            $(#[doc = $sentence] $name,)*
        }

        impl Mutation {
            /// Every mutation.
            pub const ALL: &'static [Mutation] = &[$(Mutation::$name),*];

            /// The public name.
            pub fn id(self) -> &'static str {
                match self { $(Mutation::$name => $id,)* }
            }

            /// Whether a parser could be blamed.
            pub fn nature(self) -> Nature {
                match self { $(Mutation::$name => Nature::$nature,)* }
            }

            /// The requirements it breaks: a case that cites one of them has to fail.
            pub fn breaks(self) -> &'static [&'static str] {
                match self { $(Mutation::$name => &[$($requirement),+],)* }
            }

            /// What the mutant does, in a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Mutation::$name => $sentence,)* }
            }
        }
    };
}

impl Mutation {
    /// Whether no MUST names it: it takes what only the grammar lacks (RFC 9112 §2.2, §3.2), or does not do what a SHOULD asks. A case
    /// then warns and does not fail.
    pub fn is_leniency(self) -> bool {
        use Mutation::*;
        matches!(
            self,
            AnyVersion
                | SimpleRequest
                | TargetCutAtBlank
                | ColonMissing
                | CodesUnasked
                | ErrorsInSilence
                | DeleteIsMalformed
                | HeadWithoutType
                | OptionsInSilence
                | HalfOpen
                | EndsInSilence
                | HostGuessed
                | CodingsIgnored
        )
    }

    /// The mutation of that name.
    pub fn from_id(id: &str) -> Option<Mutation> {
        Mutation::ALL.iter().copied().find(|mutation| mutation.id() == id)
    }
}

mutations! {
    ContentLengthWins "content-length-wins" Reading ["G9112-6.3-7", "9112-6.1-12"]
        "With both length fields, Content-Length decides where the message ends."
    LastContentLengthWins "last-content-length-wins" Reading ["9112-6.3-4", "9112-6.3-5"]
        "Of two differing Content-Length lines the last one is used."
    SignedContentLength "signed-content-length" Reading ["9112-6.3-4", "9112-6.3-5", "G9110-8.6-1"]
        "A plus sign before a Content-Length is skipped."
    ContentLengthWraps "content-length-wraps" Reading ["9110-8.6-8", "9112-6.3-4", "9112-6.3-5"]
        "A Content-Length is computed modulo 2 to the 64."
    OctalContentLength "octal-content-length" Reading ["G9110-8.6-2"]
        "A Content-Length with a leading zero is read as octal."
    HexPrefixedChunkSize "hex-prefixed-chunk-size" Reading ["G9112-7.1-1"]
        "A chunk size may begin with 0x."
    ChunkSizeWraps "chunk-size-wraps" Reading ["9112-7.1-3"]
        "A chunk size is computed modulo 2 to the 32."
    AnyChunkTerminator "any-chunk-terminator" Reading ["G9112-7.1-3"]
        "Any two octets after the data of a chunk are skipped."
    ChunkLineBareLf "chunk-line-bare-lf" Reading ["G9112-7.1.1-2", "G9112-7.1-3", "G9112-7.1-1", "9112-2.2-2"]
        "An LF without CR ends a chunk line."
    UnparsedTrailers "unparsed-trailers" Reading ["G9112-7.1.2-1"]
        "Trailer lines are skipped without a look at them."
    TrailersLeftInStream "trailers-left-in-stream" Reading ["G9112-7.1-5", "9112-9.3-5"]
        "The trailer section stays in the stream and is read as the next request."
    BareCrEndsLine "bare-cr-ends-line" Reading ["9112-2.2-4"]
        "A CR without LF ends a field line."
    SpaceBeforeColon "space-before-colon" Reading ["9112-5.1-1"]
        "Blanks between a field name and its colon are trimmed."
    HostNotRequired "host-not-required" Reading ["9112-3.2-6"]
        "A request without Host is served."
    TwoHosts "two-hosts" Reading ["9112-3.2-6"]
        "Of two Host lines the first is used."
    AnyHost "any-host" Reading ["9112-3.2-6"]
        "The value of Host is not looked at."
    NulInValue "nul-in-value" Reading ["9110-5.5-4"]
        "A NUL in a field value is passed on."
    UnknownCodingIgnored "unknown-coding-ignored" Reading ["9112-6.3-3"]
        "A Transfer-Encoding without a final chunked counts as no content."
    CaseSensitiveCoding "case-sensitive-coding" Reading ["G9112-6.1-1"]
        "Only a lowercase chunked is recognised; in another case it is no content."
    FirstTransferEncodingLine "first-transfer-encoding-line" Reading ["G9112-6.1-1", "G9110-5.6.1-1", "9112-6.3-3"]
        "Of several Transfer-Encoding lines only the first is read."
    ObsFoldDropped "obs-fold-dropped" Reading ["9112-5.2-2"]
        "A continuation line is dropped, the line before it kept."
    BlankBeforeFirstField "blank-before-first-field" Reading ["9112-2.2-9"]
        "Blanks before the first field line are trimmed and the field is honoured."
    AnyVersion "any-version" Reading ["G9112-2.3-2", "G9112-2.3-1"]
        "Whatever stands as the version counts as 1.1."
    SimpleRequest "simple-request" Reading ["G9112-2.3-3"]
        "A request-line without version is answered at once."
    TargetCutAtBlank "target-cut-at-blank" Reading ["G9112-3.2-2", "9112-3.2-1", "9112-3.2-2", "G9112-3-1"]
        "Of a request-target with a blank inside only the part before it is used."
    ColonMissing "colon-missing" Reading ["G9112-5-1"]
        "A field line without colon is skipped."
    HostGuessed "host-guessed" Reading ["9110-4.2.1-2", "9110-4.2.2-2"]
        "A target in absolute-form may lack its host: the server takes it for its own."
    CodingsIgnored "codings-ignored" Reading ["9112-6.1-9", "9112-7.2-1"]
        "Codings below chunked are not looked at."
    QuotedPairUnseen "quoted-pair-unseen" Reading ["9110-5.6.4-1", "G9110-5.6.4-1"]
        "A quoted string ends at the next quote, with a backslash before it or not."
    EmptyMemberSpoilsList "empty-member-spoils-list" Reading ["9110-5.6.1.2-1", "9110-5.6.1.2-2"]
        "A Connection field with an empty member is not looked at."

    KeepsOpenAfterFramingError "keeps-open-after-framing-error" Behaviour ["9112-6.3-3"]
        "After a bad length the connection stays open and what follows is read as a request."
    MergesTrailers "merges-trailers" Behaviour ["9112-7.1.2-3", "9110-6.5.1-2"]
        "Trailer fields are added to the fields of the head."
    IgnoresSecondConnectionLine "ignores-second-connection-line" Behaviour ["G9110-7.6.1-1"]
        "A close on a second Connection line is not seen."
    IgnoresClose "ignores-close" Behaviour ["9112-9.6-3"]
        "A request that announces close leaves the connection open."
    AnswersBehindClose "answers-behind-close" Behaviour ["9112-9.6-5"]
        "One more request behind a close is answered."
    OutOfOrder "out-of-order" Behaviour ["9112-9.3.2-2"]
        "Of two pipelined requests the second is answered first."
    ContentToHead "content-to-head" Behaviour ["9110-9.3.2-1", "G9110-6.4.1-1"]
        "HEAD gets the content too."
    UnaskedContinue "unasked-continue" Behaviour ["9110-15.2-1"]
        "Every request with content gets a 100 first, asked for or not; that breaks a rule where the request is of version 1.0."
    NeverContinue "never-continue" Behaviour ["9110-10.1.1-12", "9110-10.1.1-11"]
        "Content is waited for in silence although 100-continue was expected."
    InterimToOldVersion "interim-to-old-version" Behaviour ["9110-15.2-1"]
        "A 1.0 request with an expectation gets a 100."
    UnreadContentIsRequest "unread-content-is-request" Behaviour ["9112-9.3-5", "G9112-6-1", "9112-6.3-8"]
        "The content of a GET is not read and becomes the next request."
    ChunkedToOldVersion "chunked-to-old-version" Behaviour ["9112-6.1-11"]
        "A 1.0 request gets a chunked answer."
    UnannouncedClose "unannounced-close" Behaviour ["9112-9.3-3"]
        "The connection ends after each answer although none announces it."
    AnnouncedCloseStaysOpen "announced-close-stays-open" Behaviour ["9112-9.6-6", "9112-9.6-7"]
        "Every answer announces close and the connection stays open."
    AnswersEarly "answers-early" Behaviour ["9110-5.3-4", "G9112-2.1-1"]
        "The answer goes out before the head is complete."
    ShortContentAccepted "short-content-accepted" Behaviour ["9112-6.3-8"]
        "Content that ends early counts as whole."
    ShortChunkedAccepted "short-chunked-accepted" Behaviour ["G9112-7.1-4", "G9112-7.1-5", "9112-6.3-8", "9112-8-4"]
        "A chunked message that ends before its last chunk counts as whole."
    StatusLineWithoutSpace "status-line-without-space" Behaviour ["9112-4-4"]
        "The status-line has neither reason phrase nor the space before it."
    NoContentWithLength "no-content-with-length" Behaviour ["9110-8.6-5"]
        "OPTIONS gets a 204 with a Content-Length."
    TransferEncodingIn204 "transfer-encoding-in-204" Behaviour ["9112-6.1-7"]
        "OPTIONS gets a 204 with Transfer-Encoding."
    TruncatesFields "truncates-fields" Behaviour ["9110-5.4-1"]
        "Field lines after the twentieth are dropped in silence."
    LosesChunk "loses-chunk" Behaviour ["9112-7.1-2", "9112-6.1-1"]
        "The second chunk of a message is lost."
    SwitchesAlways "switches-always" Behaviour ["9110-7.8-5"]
        "Whatever Upgrade offers is answered with a switch to a protocol of our own."
    OldVersionPersists "old-version-persists" Behaviour ["G9112-9.3-1"]
        "A 1.0 request leaves the connection open, keep-alive or not."
    FirstSegmentIsHead "first-segment-is-head" Behaviour ["G9112-2.1-1", "9112-2.2-1", "9112-9.3-1"]
        "What the first read returns has to be the whole head."
    TunnelsAnything "tunnels-anything" Behaviour ["9110-9.3.6-2"]
        "CONNECT gets a 200 whatever its target is."
    LeakyFields "leaky-fields" Behaviour ["9112-9.3-1", "9112-9.3.2-2", "G9112-6.3-2"]
        "A request without content is given that of the request before it."
    RangesAnything "ranges-anything" Behaviour ["9110-14.2-2", "9110-14.2-3"]
        "Any Range, whatever the method and the unit, is answered with a part."
    ConditionsFirst "conditions-first" Behaviour ["9110-13.2.1-2", "9110-13.2.1-4", "9110-13.1.5-2"]
        "A request with If-Match or If-Range is answered 412 before anything else is looked at."
    ContentRangeRefused "content-range-refused" Behaviour ["9110-14.4-3"]
        "A request with Content-Range is answered 400."
    CodesInSilence "codes-in-silence" Behaviour ["9110-8.4-1"]
        "Who accepts gzip gets it, and no field says so."
    CodesUnasked "codes-unasked" Behaviour ["9110-12.5.3-2", "9110-12.5.5-3"]
        "Any Accept-Encoding but identity gets gzip, and no Vary."
    ErrorsInSilence "errors-in-silence" Behaviour ["9110-15.5-1", "9110-15.6-1", "9110-15.6.6-1"]
        "Errors have no content."
    DeleteIsMalformed "delete-is-malformed" Behaviour ["9110-9.1-4"]
        "DELETE is answered 400 as if the request were malformed."
    HeadWithoutType "head-without-type" Behaviour ["9110-9.3.2-2"]
        "An answer to HEAD has no Content-Type."
    OptionsInSilence "options-in-silence" Behaviour ["9110-9.3.7-1"]
        "An answer to OPTIONS has no Allow."
    HalfOpen "half-open" Behaviour ["9112-9.5-2"]
        "When the client ends its half of a connection, the other half stays open for some seconds."
    EndsInSilence "ends-in-silence" Behaviour ["9112-9.6-1", "9112-9.6-4"]
        "Connections end when they have to, and no answer announces it."
}
