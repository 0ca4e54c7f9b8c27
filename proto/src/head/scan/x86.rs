//! Masks by vectors (AVX2, SSE4.2), chosen once per head. The only unsafe code of the package: loads from arrays whose
//! length the type says, and calls of functions whose processor features were found.

use super::{BLOCK, Limits, RequestLine, StatusLine, path_end, request_by, response_by, section_by_masks, words};
use crate::head::FieldLine;
use std::arch::x86_64::*;

macro_rules! dispatch {
    ($name:ident, $found:ty) => {
        #[inline]
        pub(super) fn $name(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<$found> {
            if octets.len() < BLOCK {
                return words::$name(octets, limits, fields);
            }
            if has_avx2() {
                // SAFETY: the features that `avx2::$name` asks for were found.
                #[allow(unsafe_code)]
                return unsafe { avx2::$name(octets, limits, fields) };
            }
            if has_sse42() {
                // SAFETY: the features that `sse42::$name` asks for were found.
                #[allow(unsafe_code)]
                return unsafe { sse42::$name(octets, limits, fields) };
            }
            words::$name(octets, limits, fields)
        }
    };
}

dispatch!(request, (RequestLine, u32));
dispatch!(response, (StatusLine, u32));

pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2")
}

pub(super) fn has_sse42() -> bool {
    is_x86_feature_detected!("sse4.2") && is_x86_feature_detected!("popcnt")
}

/// A class of octets as two tables that a shuffle asks: the bit of the high half, among the bits of the low half. Both
/// classes hold octets of 0x20 to 0x7f only, so six bits are enough; the shuffle answers 0 for octets from 0x80 on.
struct Class {
    low: [u8; 16],
    high: [u8; 16],
}

const fn class(octets: [bool; 128]) -> Class {
    let mut class = Class { low: [0; 16], high: [0; 16] };
    let mut high = 2;
    while high < 8 {
        class.high[high] = 1 << (high - 2);
        let mut low = 0;
        while low < 16 {
            if octets[high * 16 + low] {
                class.low[low] |= 1 << (high - 2);
            }
            low += 1;
        }
        high += 1;
    }
    class
}

static TOKEN: Class = class(crate::octet::TOKEN_ASCII);
static PATH: Class = class(crate::octet::PATH_ASCII);

pub(super) mod avx2 {
    use super::*;

    #[target_feature(enable = "avx2,bmi1,bmi2")]
    pub(crate) fn request(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<(RequestLine, u32)> {
        let masks = |block: &[u8; BLOCK]| masks(block);
        request_by(
            octets,
            limits,
            fields,
            |octets, at| path_end(octets, at),
            |octets, at, limits, fields| section_by_masks(octets, at, limits, fields, masks),
        )
    }

    #[target_feature(enable = "avx2,bmi1,bmi2")]
    pub(crate) fn response(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<(StatusLine, u32)> {
        let masks = |block: &[u8; BLOCK]| masks(block);
        response_by(octets, limits, fields, |octets, at, limits, fields| {
            section_by_masks(octets, at, limits, fields, masks)
        })
    }

    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn masks(block: &[u8; BLOCK]) -> (u64, u64) {
        let (halves, _) = block.as_chunks::<32>();
        let [low, high] = [load(&halves[0]), load(&halves[1])];
        let wide = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        (wide(outside(low, &super::TOKEN), outside(high, &super::TOKEN)), wide(controls(low), controls(high)))
    }

    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn path_end(octets: &[u8], mut at: usize) -> usize {
        while let Some(block) = octets.get(at..).and_then(<[u8]>::first_chunk) {
            let outside = outside(load(block), &super::PATH);
            if outside != 0 {
                return at + outside.trailing_zeros() as usize;
            }
            at += 32;
        }
        super::path_end(octets, at)
    }

    /// A bit for each octet that is not of the class.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn outside(octets: __m256i, class: &Class) -> u32 {
        let low = _mm256_broadcastsi128_si256(sse42::load(&class.low));
        let high = _mm256_broadcastsi128_si256(sse42::load(&class.high));
        let halves = _mm256_and_si256(_mm256_srli_epi16::<4>(octets), _mm256_set1_epi8(0x0f));
        let of_class = _mm256_and_si256(_mm256_shuffle_epi8(low, octets), _mm256_shuffle_epi8(high, halves));
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(of_class, _mm256_setzero_si256())) as u32
    }

    /// A bit for each control other than HTAB.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn controls(octets: __m256i) -> u32 {
        let below_space = _mm256_cmpeq_epi8(_mm256_min_epu8(octets, _mm256_set1_epi8(0x1f)), octets);
        let tab = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(0x09));
        let delete = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(0x7f));
        _mm256_movemask_epi8(_mm256_or_si256(_mm256_andnot_si256(tab, below_space), delete)) as u32
    }

    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn load(octets: &[u8; 32]) -> __m256i {
        // SAFETY: the array holds the 32 octets that are loaded, and the load asks for no alignment.
        #[allow(unsafe_code)]
        unsafe {
            _mm256_loadu_si256(octets.as_ptr().cast())
        }
    }
}

pub(super) mod sse42 {
    use super::*;

    #[target_feature(enable = "sse4.2,popcnt")]
    pub(crate) fn request(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<(RequestLine, u32)> {
        let masks = |block: &[u8; BLOCK]| masks(block);
        request_by(
            octets,
            limits,
            fields,
            |octets, at| path_end(octets, at),
            |octets, at, limits, fields| section_by_masks(octets, at, limits, fields, masks),
        )
    }

    #[target_feature(enable = "sse4.2,popcnt")]
    pub(crate) fn response(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<(StatusLine, u32)> {
        let masks = |block: &[u8; BLOCK]| masks(block);
        response_by(octets, limits, fields, |octets, at, limits, fields| {
            section_by_masks(octets, at, limits, fields, masks)
        })
    }

    #[inline]
    #[target_feature(enable = "sse4.2,popcnt")]
    fn masks(block: &[u8; BLOCK]) -> (u64, u64) {
        let (quarters, _) = block.as_chunks::<16>();
        let (mut not_token, mut control) = (0, 0);
        for (place, quarter) in quarters.iter().enumerate() {
            let octets = load(quarter);
            not_token |= u64::from(outside(octets, &super::TOKEN)) << (16 * place);
            control |= u64::from(controls(octets)) << (16 * place);
        }
        (not_token, control)
    }

    #[inline]
    #[target_feature(enable = "sse4.2,popcnt")]
    fn path_end(octets: &[u8], mut at: usize) -> usize {
        while let Some(block) = octets.get(at..).and_then(<[u8]>::first_chunk) {
            let outside = outside(load(block), &super::PATH);
            if outside != 0 {
                return at + outside.trailing_zeros() as usize;
            }
            at += 16;
        }
        super::path_end(octets, at)
    }

    /// A bit for each octet that is not of the class.
    #[inline]
    #[target_feature(enable = "sse4.2,popcnt")]
    fn outside(octets: __m128i, class: &Class) -> u16 {
        let halves = _mm_and_si128(_mm_srli_epi16::<4>(octets), _mm_set1_epi8(0x0f));
        let of_class =
            _mm_and_si128(_mm_shuffle_epi8(load(&class.low), octets), _mm_shuffle_epi8(load(&class.high), halves));
        _mm_movemask_epi8(_mm_cmpeq_epi8(of_class, _mm_setzero_si128())) as u16
    }

    /// A bit for each control other than HTAB.
    #[inline]
    #[target_feature(enable = "sse4.2,popcnt")]
    fn controls(octets: __m128i) -> u16 {
        let below_space = _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(0x1f)), octets);
        let tab = _mm_cmpeq_epi8(octets, _mm_set1_epi8(0x09));
        let delete = _mm_cmpeq_epi8(octets, _mm_set1_epi8(0x7f));
        _mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, below_space), delete)) as u16
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub(super) fn load(octets: &[u8; 16]) -> __m128i {
        // SAFETY: the array holds the 16 octets that are loaded, and the load asks for no alignment.
        #[allow(unsafe_code)]
        unsafe {
            _mm_loadu_si128(octets.as_ptr().cast())
        }
    }
}
