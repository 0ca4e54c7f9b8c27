//! The rules of courtesy, each with its name for ever, its requirement and a sentence of ours.

macro_rules! rules {
    ($($rule:ident $name:literal $requirement:literal $sentence:literal)*) => {
        /// A rule of courtesy.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Rule {
            $(#[doc = $sentence] $rule,)*
        }

        impl Rule {
            /// Every rule, in the order of the table.
            pub(crate) const ALL: &'static [Rule] = &[$(Rule::$rule),*];

            /// The name after `courtesy/`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Rule::$rule => $name),* }
            }

            /// The requirement that it is about.
            pub(crate) fn requirement(self) -> &'static str {
                match self { $(Rule::$rule => $requirement),* }
            }

            /// What a conforming subject does.
            pub(crate) fn sentence(self) -> &'static str {
                match self { $(Rule::$rule => $sentence),* }
            }
        }
    };
}

rules! {
    StatusLineSpace "status-line-space" "9112-4-4" "A space follows the status code even when no reason phrase does."
    StatusLine "status-line" "9110-2.2-2" "Every status-line follows the grammar."
    StatusCode "status-code" "G9110-15-1" "A status code is three digits between 100 and 599."
    RequestLine "request-line" "9110-2.2-2" "Every request-line follows the grammar."
    FieldSyntax "field-syntax" "9110-2.2-2" "Every field line follows the grammar."
    ObsFold "obs-fold" "9112-5.2-1" "No field line is continued on the next line."
    BlankBeforeFirst "blank-before-first-field" "9112-2.2-8" "No blank stands between the start-line and the first field line."
    BareCr "bare-cr" "9112-2.2-3" "No CR outside of content stands without LF."
    BareLf "bare-lf" "9110-2.2-2" "No line outside of content ends in LF without CR."
    HostSent "host" "9112-3.2-3" "Every request of HTTP/1.1 carries one Host field."
    TransferEncodingNoContent "transfer-encoding-in-1xx-or-204" "9112-6.1-7" "A response without content by its status has no Transfer-Encoding."
    ContentLengthNoContent "content-length-in-1xx-or-204" "9110-8.6-5" "A response without content by its status has no Content-Length."
    TransferEncodingToOld "transfer-encoding-to-http-1.0" "9112-6.1-11" "A response to a request of HTTP/1.0 has no Transfer-Encoding."
    TransferEncodingSyntax "transfer-encoding-syntax" "9110-2.2-2" "Every Transfer-Encoding follows the grammar and names chunked once."
    UnchunkedEnds "unchunked-coding-ends-by-close" "9112-6.1-4" "A response whose last transfer coding is not chunked ends with its connection."
    NoContent "content-where-none-may-be" "G9110-6.4.1-1" "No content follows a 1xx, 204 or 304 response, or the answer to HEAD."
    BothLengths "both-lengths" "9112-6.2-1" "No message has both Transfer-Encoding and Content-Length."
    ContentLengthValue "content-length-value" "G9110-8.6-1" "Every Content-Length is one decimal number."
    ChunkedSyntax "chunked-syntax" "9110-2.2-2" "Chunks, their extensions and trailer fields follow the grammar."
    Delimited "content-delimited" "9112-6.3-9" "Content sent to a client of HTTP/1.1 has a length or is chunked."
    CloseEnds "announced-close-ends" "9112-9.6-6" "A response that announces close is followed by the end of its connection."
    EndAnnounced "end-announced" "9112-9.3-3" "A connection that ends after one exchange was announced to."
    VersionTooHigh "http-version-too-high" "9110-6.2-5" "No response names a version that the subject cannot speak on this connection."
    VersionOld "http-version-old" "9112-2.3-3" "A clean request of HTTP/1.1 is not answered as HTTP/1.0."
    DatePresent "date-present" "9110-6.6.1-2" "Every 2xx, 3xx and 4xx response of an origin server with a clock has a Date."
    DateSyntax "date-syntax" "9110-5.6.7-2" "Dates are written in the fixed-length form."
    AllowWith405 "allow-with-405" "9110-10.2.1-1" "Every 405 has an Allow field."
    ChallengeWith401 "challenge-with-401" "9110-15.5.2-1" "Every 401 has a WWW-Authenticate field."
    UpgradeWith426 "upgrade-with-426" "9110-15.5.22-1" "Every 426 has an Upgrade field."
    UpgradeWith101 "upgrade-with-101" "9110-7.8-4" "Every 101 has an Upgrade field."
    UpgradeInConnection "upgrade-in-connection" "9110-7.8-10" "Who sends Upgrade names it in Connection."
    InterimToOld "interim-to-http-1.0" "9110-15.2-1" "No interim response answers a request of HTTP/1.0."
    SwitchOffered "switch-only-when-offered" "9110-7.8-5" "The protocol is switched only to one that the request offered."
    OneFinal "one-final-response" "G9110-15-1" "Every request has one final response, and nothing else has one."
    Singletons "singleton-fields" "9110-5.3-3" "A field that is no list stands on one line."
    ContentTypePresent "content-type-present" "9110-8.3-1" "Content comes with its Content-Type."
    ContentTypeSyntax "content-type-syntax" "G9110-8.3.1-1" "A Content-Type is one media type, its parameters follow the grammar."
    EntityTagSyntax "entity-tag-syntax" "G9110-8.8.3-1" "An ETag is in quotes, with W/ before them or nothing."
    LocationSyntax "location-syntax" "G9110-10.2.2-1" "A Location is a URI reference."
    AllowSyntax "allow-syntax" "G9110-10.2.1-1" "Allow is a list of methods."
    VarySyntax "vary-syntax" "G9110-12.5.5-1" "Vary is a list of field names."
    RetryAfterSyntax "retry-after-syntax" "G9110-10.2.3-1" "A Retry-After is a number of seconds or a date."
    IdentityCoding "identity-coding" "9110-8.4-2" "No Content-Encoding names identity."
    ModifiedBeforeSent "modified-before-sent" "9110-8.8.2.1-3" "No Last-Modified is later than the Date of its response."
    LocationWith301 "location-with-301" "9110-15.4.2-1" "A 301 has a Location."
    LocationWith302 "location-with-302" "9110-15.4.3-1" "A 302 has a Location."
    LocationWith307 "location-with-307" "9110-15.4.8-2" "A 307 has a Location."
    LocationWith308 "location-with-308" "9110-15.4.9-1" "A 308 has a Location."
    TrailerAnnounced "trailer-announced" "9110-6.6.2-1" "Trailer fields are announced by a Trailer field."
    IdleEnd "idle-end" "9112-9.5-1" "A connection that was idle for long is ended, not reset."
    DateAdvances "date-advances" "9110-6.6.1-1" "The Date of responses goes on as time does."
}
