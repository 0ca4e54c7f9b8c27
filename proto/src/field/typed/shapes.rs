//! The shapes that many fields have: a list of tokens, a date, one token, a number, text.

/// A field that is a list of tokens; `some` where it may not be empty, `list` where it may.
macro_rules! token_list {
    ($(#[$doc:meta])* $type:ident, $name:literal, $how:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(pub Vec<crate::field::grammar::Token>);

        impl crate::field::typed::TypedField for $type {
            const NAME: &'static str = $name;
            const LINES: crate::field::typed::Lines = crate::field::typed::Lines::Combined;

            fn read(cursor: &mut crate::field::grammar::Cursor<'_>) -> Result<Self, crate::field::grammar::FieldError> {
                cursor.$how(crate::field::grammar::Cursor::token).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                crate::field::grammar::write_list(&self.0, out, |token, out| token.write(out));
            }
        }
    };
}

/// A field of one value: what it holds, how it is read, how it is written.
macro_rules! single {
    ($(#[$doc:meta])* $type:ident, $name:literal, $inner:ty, $read:expr, $write:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(pub $inner);

        impl crate::field::typed::TypedField for $type {
            const NAME: &'static str = $name;
            const LINES: crate::field::typed::Lines = crate::field::typed::Lines::One;

            fn read(cursor: &mut crate::field::grammar::Cursor<'_>) -> Result<Self, crate::field::grammar::FieldError> {
                let read: fn(
                    &mut crate::field::grammar::Cursor<'_>,
                ) -> Result<$inner, crate::field::grammar::FieldError> = $read;
                read(cursor).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                let write: fn(&$inner, &mut Vec<u8>) = $write;
                write(&self.0, out);
            }
        }
    };
}

/// A field that is one HTTP-date.
macro_rules! date {
    ($(#[$doc:meta])* $type:ident, $name:literal) => {
        single!($(#[$doc])* $type, $name, crate::field::grammar::HttpDate, crate::field::grammar::HttpDate::read, |date, out| date.write(out));
    };
}
