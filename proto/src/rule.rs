//! What a reader of HTTP/1.1 can find broken. Every rule has a name for ever, a section, a level, a class, the status
//! that a server answers, and one sentence of our own. A rejection names one; leniency is a set of them ([`crate::RuleSet`]);
//! a report prints it.
//!
//! Two of the four classes are findings about the *message* (syntax, framing); the other two say something about the
//! *reader* (limit, unsupported): a message that only meets those is a correct message that is not served here.

use std::fmt;

/// How strongly the RFC forbids what the rule names, seen from whoever meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The recipient may go on or refuse (RFC 2119 MAY).
    May,
    /// RFC 2119 SHOULD.
    Should,
    /// RFC 2119 MUST, or the grammar, which binds every sender (RFC 9110 §2.2).
    Must,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The octets do not match the grammar.
    Syntax,
    /// Where the message ends is wrong, ambiguous or unknowable.
    Framing,
    /// A limit of this reader was met ([`crate::Limits`]).
    Limit,
    /// Correct, but not served here.
    Unsupported,
}

/// Everything known about a rule; [`Rule::about`] looks it up.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The public name, such as `field-line.space-before-colon`.
    pub id: &'static str,
    /// RFC number and section, such as `9112:5.1`.
    pub section: &'static str,
    /// How strongly it binds.
    pub level: Level,
    /// What kind of thing is wrong.
    pub class: Class,
    /// The status a server answers; 502 where only a response can break the rule (RFC 9110 §15.6.3).
    pub status: u16,
    /// One sentence of ours.
    pub sentence: &'static str,
}

macro_rules! rules {
    ($($name:ident $id:literal $section:literal $level:ident $class:ident $status:literal $sentence:literal)*) => {
        /// A rule of the grammar, of framing, or of this reader's own limits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Rule {
            $(#[doc = $sentence] $name,)*
        }

        static ABOUT: &[About] = &[
            $(About { id: $id, section: $section, level: Level::$level, class: Class::$class, status: $status, sentence: $sentence },)*
        ];

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Rule] = &[$(Rule::$name),*];
        }
    };
}

impl Rule {
    /// Everything known about this rule.
    pub fn about(self) -> &'static About {
        &ABOUT[self as usize]
    }

    /// The public name, such as `field-line.space-before-colon`.
    pub fn id(self) -> &'static str {
        self.about().id
    }

    /// RFC number and section, such as `9112:5.1`.
    pub fn section(self) -> &'static str {
        self.about().section
    }

    /// How strongly it binds.
    pub fn level(self) -> Level {
        self.about().level
    }

    /// What kind of thing is wrong.
    pub fn class(self) -> Class {
        self.about().class
    }

    /// The status a server answers.
    pub fn status(self) -> u16 {
        self.about().status
    }

    /// One sentence of ours.
    pub fn sentence(self) -> &'static str {
        self.about().sentence
    }

    /// Whether the message itself is broken (syntax or framing), rather than unwelcome here.
    pub fn is_finding(self) -> bool {
        matches!(self.class(), Class::Syntax | Class::Framing)
    }

    /// The rule of that name.
    pub fn from_id(id: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| rule.id() == id)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

rules! {
    RequestLineMethodMissing "request-line.method-missing" "9112:3" Must Syntax 400
        "The line begins where a method should stand, but no method is there."
    RequestLineMethodOctet "request-line.method-octet" "9110:9.1" Must Syntax 400
        "A method consists of token characters only."
    RequestLineTargetMissing "request-line.target-missing" "9112:3" Must Syntax 400
        "The line ends after the method: there is no request-target."
    RequestLineVersionMissing "request-line.version-missing" "9112:3" Must Syntax 400
        "The line ends after the request-target: there is no HTTP-version."
    RequestLineExtraSpace "request-line.extra-space" "9112:3" May Syntax 400
        "Exactly one space separates the parts of a request-line."
    RequestLineBlank "request-line.blank" "9112:3" May Syntax 400
        "A blank other than a space (HTAB, VT, FF) separates two parts of the request-line."
    RequestLineTrailingOctets "request-line.trailing-octets" "9112:3" Must Syntax 400
        "Something follows the HTTP-version before the line ends."
    RequestLineBareCr "request-line.bare-cr" "9112:2.2" Must Syntax 400
        "A CR in the request-line is not followed by LF."
    RequestLineBareLf "request-line.bare-lf" "9112:2.2" May Syntax 400
        "The request-line ends in LF without CR."

    RequestTargetOctet "request-target.octet" "9112:3.2" Should Syntax 400
        "The request-target holds an octet that has no place there."
    RequestTargetSpace "request-target.space" "9112:3.2" Should Syntax 400
        "A space stands inside the request-target."
    RequestTargetPercentEncoding "request-target.percent-encoding" "9112:3.2" Should Syntax 400
        "A percent sign is not followed by two hexadecimal digits."
    RequestTargetFragment "request-target.fragment" "9112:3.2" Should Syntax 400
        "A request-target carries no fragment."
    RequestTargetForm "request-target.form" "9112:3.2" Must Syntax 400
        "The request-target has none of the four forms."
    RequestTargetAsteriskMethod "request-target.asterisk-method" "9112:3.2.4" Must Syntax 400
        "Only OPTIONS may have the asterisk as its target."
    RequestTargetConnectForm "request-target.connect-form" "9112:3.2.3" Must Syntax 400
        "CONNECT takes host and port, nothing else."
    RequestTargetSchemeUnsupported "request-target.scheme-unsupported" "9112:3.2.2" May Unsupported 400
        "The absolute-form has a scheme that is neither http nor https."
    RequestTargetHostMissing "request-target.host-missing" "9110:4.2.1" Must Syntax 400
        "An http or https URI names a host."
    RequestTargetUserinfo "request-target.userinfo" "9110:4.2.4" Should Syntax 400
        "An http or https URI from elsewhere carries no userinfo."
    RequestTargetHostOctet "request-target.host-octet" "9112:3.2" Must Syntax 400
        "The host in the request-target holds an octet that no host may hold."
    RequestTargetPort "request-target.port" "9112:3.2.3" Must Syntax 400
        "The port in the request-target is not a number that a port can be."
    RequestTargetIpLiteral "request-target.ip-literal" "9112:3.2" Must Syntax 400
        "The bracketed address in the request-target is not an IP literal."

    HttpVersionName "http-version.name" "9112:2.3" Must Syntax 400
        "The version begins with HTTP and a slash, in capitals."
    HttpVersionDigits "http-version.digits" "9112:2.3" Must Syntax 400
        "The version is one digit, a dot and one digit."
    HttpVersionMajorUnsupported "http-version.major-unsupported" "9110:15.6.6" Should Unsupported 505
        "The major version is not 1."

    StatusLineVersionSeparator "status-line.version-separator" "9112:4" Must Syntax 502
        "A space follows the version in a status-line."
    StatusLineStatusCodeDigits "status-line.status-code-digits" "9112:4" Must Syntax 502
        "A status code is exactly three digits."
    StatusLineStatusCodeRange "status-line.status-code-range" "9110:15" Should Syntax 502
        "A status code lies between 100 and 599."
    StatusLineSpaceMissing "status-line.space-missing" "9112:4" Must Syntax 502
        "A space follows the status code even when no reason phrase does."
    StatusLineReasonOctet "status-line.reason-octet" "9112:4" Must Syntax 502
        "A reason phrase holds blanks, visible octets and octets from 0x80 up."
    StatusLineBareCr "status-line.bare-cr" "9112:2.2" Must Syntax 502
        "A CR in the status-line is not followed by LF."
    StatusLineBareLf "status-line.bare-lf" "9112:2.2" May Syntax 502
        "The status-line ends in LF without CR."

    FieldLineBlankBeforeFirst "field-line.blank-before-first" "9112:2.2" Must Syntax 400
        "A blank stands between the start-line and the first field line."
    FieldLineObsFold "field-line.obs-fold" "9112:5.2" Must Syntax 400
        "A field line is continued on the next line."
    FieldLineSpaceBeforeColon "field-line.space-before-colon" "9112:5.1" Must Syntax 400
        "A blank stands between the field name and the colon."
    FieldLineColonMissing "field-line.colon-missing" "9112:5" Must Syntax 400
        "A field line has no colon."
    FieldLineBareLf "field-line.bare-lf" "9112:2.2" May Syntax 400
        "A field line ends in LF without CR."
    FieldLineEndBareLf "field-line.end-bare-lf" "9112:2.2" May Syntax 400
        "The empty line that ends the head is an LF without CR."
    FieldLineEndBareCr "field-line.end-bare-cr" "9112:2.2" Must Syntax 400
        "A CR stands where a field line should begin and no LF follows it."

    FieldNameEmpty "field-name.empty" "9110:5.1" Must Syntax 400
        "A field line has nothing before its colon."
    FieldNameOctet "field-name.octet" "9110:5.1" Must Syntax 400
        "A field name consists of token characters only."
    FieldNameBlank "field-name.blank" "9112:5.1" Must Syntax 400
        "A blank stands inside a field name."

    FieldValueNul "field-value.nul" "9110:5.5" Must Syntax 400
        "A NUL stands in a field value."
    FieldValueBareCr "field-value.bare-cr" "9112:2.2" Must Syntax 400
        "A CR in a field value is not followed by LF."
    FieldValueControl "field-value.control" "9110:5.5" Must Syntax 400
        "A control octet other than HTAB stands in a field value."

    HostMissing "host.missing" "9112:3.2" Must Syntax 400
        "A request of version 1.1 has a Host field."
    HostRepeated "host.repeated" "9112:3.2" Must Syntax 400
        "A request has no more than one Host field line."
    HostOctet "host.octet" "9110:7.2" Must Syntax 400
        "The Host value holds an octet that neither a host nor a port may hold."
    HostUserinfo "host.userinfo" "9110:7.2" Must Syntax 400
        "The Host value carries userinfo."
    HostPort "host.port" "9110:7.2" Must Syntax 400
        "The port in the Host value consists of digits only."
    HostIpLiteral "host.ip-literal" "9110:7.2" Must Syntax 400
        "The bracketed address in the Host value is not an IP literal."
    HostPercentEncoding "host.percent-encoding" "9110:7.2" Must Syntax 400
        "A percent sign in the Host value is not followed by two hexadecimal digits."

    ConnectionOptionOctet "connection.option-octet" "9110:7.6.1" Must Syntax 400
        "A connection option is a token."

    ExpectUnsupported "expect.unsupported" "9110:10.1.1" May Unsupported 417
        "The expectation is not 100-continue."

    ContentLengthEmpty "content-length.empty" "9110:8.6" Must Framing 400
        "A Content-Length has no value."
    ContentLengthOctet "content-length.octet" "9110:8.6" Must Framing 400
        "A Content-Length consists of decimal digits only."
    ContentLengthSign "content-length.sign" "9110:8.6" Must Framing 400
        "A Content-Length has no sign."
    ContentLengthInnerBlank "content-length.inner-blank" "9110:8.6" Must Framing 400
        "A blank stands between the digits of a Content-Length."
    ContentLengthOverflow "content-length.overflow" "9110:8.6" Must Framing 400
        "A Content-Length is larger than a 64-bit number can hold."
    ContentLengthEmptyMember "content-length.empty-member" "9110:8.6" May Framing 400
        "A list in Content-Length has an empty member."
    ContentLengthListRepeated "content-length.list-repeated" "9110:8.6" May Framing 400
        "A Content-Length value repeats the same number as a list."
    ContentLengthListDiffers "content-length.list-differs" "9112:6.3" Must Framing 400
        "The members of a Content-Length value differ."
    ContentLengthLinesRepeated "content-length.lines-repeated" "9110:8.6" May Framing 400
        "Several Content-Length lines give the same number."
    ContentLengthLinesDiffer "content-length.lines-differ" "9112:6.3" Must Framing 400
        "Several Content-Length lines give different numbers."

    TransferEncodingEmpty "transfer-encoding.empty" "9112:6.1" Must Framing 400
        "A Transfer-Encoding names no coding."
    TransferEncodingCodingOctet "transfer-encoding.coding-octet" "9112:7" Must Framing 400
        "The name of a transfer coding is a token."
    TransferEncodingListSeparator "transfer-encoding.list-separator" "9110:5.6.1" Must Framing 400
        "A comma separates the members of Transfer-Encoding."
    TransferEncodingParameterSyntax "transfer-encoding.parameter-syntax" "9112:7" Must Framing 400
        "A transfer parameter is a name, an equals sign and a token or quoted string."
    TransferEncodingChunkedParameter "transfer-encoding.chunked-parameter" "9112:7.1" Should Framing 400
        "The chunked coding takes no parameters."
    TransferEncodingChunkedRepeated "transfer-encoding.chunked-repeated" "9112:6.1" Must Framing 400
        "The chunked coding is applied at most once."
    TransferEncodingChunkedNotLast "transfer-encoding.chunked-not-last" "9112:6.3" Must Framing 400
        "In a request the chunked coding is the last one."
    TransferEncodingCodingUnsupported "transfer-encoding.coding-unsupported" "9112:6.1" Should Unsupported 501
        "The transfer coding is not one that is understood here."
    TransferEncodingWithContentLength "transfer-encoding.with-content-length" "9112:6.3" May Framing 400
        "A message has either Transfer-Encoding or Content-Length, not both."
    TransferEncodingOldVersion "transfer-encoding.old-version" "9112:6.1" Must Framing 400
        "A message of version 1.0 has no Transfer-Encoding."

    ChunkSizeMissing "chunk.size-missing" "9112:7.1" Must Framing 400
        "A chunk begins with its size."
    ChunkSizeOctet "chunk.size-octet" "9112:7.1" Must Framing 400
        "A chunk size consists of hexadecimal digits only."
    ChunkSizeSign "chunk.size-sign" "9112:7.1" Must Framing 400
        "A chunk size has no sign."
    ChunkSizePrefix "chunk.size-prefix" "9112:7.1" Must Framing 400
        "A chunk size has no 0x before it."
    ChunkSizeBlankBefore "chunk.size-blank-before" "9112:7.1" Must Framing 400
        "A blank stands before a chunk size."
    ChunkSizeBlankAfter "chunk.size-blank-after" "9112:7.1" Must Framing 400
        "A blank follows a chunk size and no extension follows the blank."
    ChunkSizeOverflow "chunk.size-overflow" "9112:7.1" Must Framing 400
        "A chunk size is larger than a 64-bit number can hold."
    ChunkLineBareLf "chunk.line-bare-lf" "9112:7.1" Must Framing 400
        "A chunk line ends in LF without CR."
    ChunkLineBareCr "chunk.line-bare-cr" "9112:2.2" Must Framing 400
        "A CR in a chunk line is not followed by LF."
    ChunkDataTooLong "chunk.data-too-long" "9112:7.1" Must Framing 400
        "The chunk's data goes on where its size says that it ends."
    ChunkDataBareLf "chunk.data-bare-lf" "9112:7.1" Must Framing 400
        "The chunk's data is followed by LF without CR."
    ChunkDataBareCr "chunk.data-bare-cr" "9112:7.1" Must Framing 400
        "The chunk's data is followed by CR without LF."

    ChunkExtNameMissing "chunk-ext.name-missing" "9112:7.1.1" Must Framing 400
        "A semicolon in a chunk line is followed by no extension name."
    ChunkExtNameOctet "chunk-ext.name-octet" "9112:7.1.1" Must Framing 400
        "The name of a chunk extension is a token."
    ChunkExtValueMissing "chunk-ext.value-missing" "9112:7.1.1" Must Framing 400
        "The equals sign of a chunk extension is followed by no value."
    ChunkExtValueOctet "chunk-ext.value-octet" "9112:7.1.1" Must Framing 400
        "The value of a chunk extension is a token or a quoted string."
    ChunkExtSeparator "chunk-ext.separator" "9112:7.1.1" Must Framing 400
        "Something other than a semicolon follows a chunk extension."
    ChunkExtQuotedStringOctet "chunk-ext.quoted-string-octet" "9110:5.6.4" Must Framing 400
        "A control octet stands in a quoted string."
    ChunkExtQuotedPairOctet "chunk-ext.quoted-pair-octet" "9110:5.6.4" Must Framing 400
        "A backslash in a quoted string is followed by a control octet."
    ChunkExtQuotedStringUnclosed "chunk-ext.quoted-string-unclosed" "9110:5.6.4" Must Framing 400
        "The line ends inside a quoted string."
    ChunkExtBareLf "chunk-ext.bare-lf" "9112:7.1.1" Must Framing 400
        "An LF without CR ends a chunk line that has an extension."
    ChunkExtBareCr "chunk-ext.bare-cr" "9112:2.2" Must Framing 400
        "A CR in a chunk extension is not followed by LF."

    TrailerBlankBeforeFirst "trailer.blank-before-first" "9112:7.1.2" Must Syntax 400
        "A blank stands before the first trailer field line."
    TrailerObsFold "trailer.obs-fold" "9112:5.2" Must Syntax 400
        "A trailer field line is continued on the next line."
    TrailerSpaceBeforeColon "trailer.space-before-colon" "9112:5.1" Must Syntax 400
        "A blank stands between the name and the colon of a trailer field line."
    TrailerColonMissing "trailer.colon-missing" "9112:7.1.2" Must Syntax 400
        "A trailer field line has no colon."
    TrailerNameEmpty "trailer.name-empty" "9110:5.1" Must Syntax 400
        "A trailer field line has nothing before its colon."
    TrailerNameOctet "trailer.name-octet" "9110:5.1" Must Syntax 400
        "The name of a trailer field consists of token characters only."
    TrailerNameBlank "trailer.name-blank" "9112:5.1" Must Syntax 400
        "A blank stands inside the name of a trailer field."
    TrailerValueNul "trailer.value-nul" "9110:5.5" Must Syntax 400
        "A NUL stands in the value of a trailer field."
    TrailerValueBareCr "trailer.value-bare-cr" "9112:2.2" Must Syntax 400
        "A CR in the value of a trailer field is not followed by LF."
    TrailerValueControl "trailer.value-control" "9110:5.5" Must Syntax 400
        "A control octet other than HTAB stands in the value of a trailer field."
    TrailerLineBareLf "trailer.line-bare-lf" "9112:2.2" May Syntax 400
        "A trailer field line ends in LF without CR."
    TrailerEndBareLf "trailer.end-bare-lf" "9112:7.1.2" Must Framing 400
        "The empty line that ends a chunked message is an LF without CR."
    TrailerEndBareCr "trailer.end-bare-cr" "9112:7.1.2" Must Framing 400
        "A CR stands where a trailer field line should begin and no LF follows it."

    MessageIncompleteHead "message.incomplete-head" "9112:8" Must Framing 400
        "The connection ended inside a head."
    MessageIncompleteContent "message.incomplete-content" "9112:8" Must Framing 400
        "The connection ended before the content had the length that Content-Length announced."
    MessageIncompleteChunked "message.incomplete-chunked" "9112:8" Must Framing 400
        "The connection ended before the last chunk and the end of the trailer section."

    ConnectionUnexpectedResponse "connection.unexpected-response" "9112:9.2" Must Framing 502
        "Octets of a response arrived and no request was waiting for one."
    ConnectionSwitchUnasked "connection.switch-unasked" "9110:7.8" Must Framing 502
        "The protocol was switched and no request had asked for that."

    LimitEmptyLines "limit.empty-lines" "9112:2.2" May Limit 400
        "More empty lines stand before the request-line than are skipped."
    LimitMethod "limit.method" "9112:3" Should Limit 501
        "The method is longer than any that is implemented."
    LimitRequestTarget "limit.request-target" "9110:15.5.15" Must Limit 414
        "The request-target is longer than is read."
    LimitReason "limit.reason" "9112:4" May Limit 502
        "The reason phrase is longer than is read."
    LimitFieldName "limit.field-name" "9110:5.4" Must Limit 431
        "A field name is longer than is read."
    LimitFieldValue "limit.field-value" "9110:5.4" Must Limit 431
        "A field value is longer than is read."
    LimitFieldCount "limit.field-count" "9110:5.4" Must Limit 431
        "The head has more field lines than are read."
    LimitHead "limit.head" "9110:5.4" Must Limit 431
        "The head is longer than is read."
    LimitContent "limit.content" "9110:15.5.14" May Limit 413
        "The content is longer than is read."
    LimitChunkSizeDigits "limit.chunk-size-digits" "9112:7.1" Must Limit 400
        "A chunk size has more leading zeros than are read."
    LimitChunkExt "limit.chunk-ext" "9112:7.1.1" Must Limit 400
        "The extensions of a chunk are longer than is read."
    LimitChunkExtTotal "limit.chunk-ext-total" "9112:7.1.1" Must Limit 400
        "The extensions of all chunks together are longer than is read."
    LimitTrailerSection "limit.trailer-section" "9110:5.4" Must Limit 431
        "The trailer section is longer than is read."
    LimitTrailerCount "limit.trailer-count" "9110:5.4" Must Limit 431
        "The trailer section has more field lines than are read."
    LimitInterimResponses "limit.interim-responses" "9110:15.2" May Limit 502
        "More interim responses came before the final one than are read."
}
