//! Where the octets of a message are cut.
//!
//! A message of up to [`EVERY_CUT`] octets is cut in two at every place, and octet by octet throughout. A longer one is cut at
//! every place within [`WINDOW`] octets of where something may happen (its two ends, its fault, its own marks) and at
//! [`STRIDES`] places spread evenly over the rest; octet by octet it is in pieces of one octet within those windows. If all
//! questions about one message came to more than [`MOST_OCTETS`], the places are thinned out evenly; the octets right around
//! the fault and at the marks stay.

use std::collections::BTreeSet;

use crate::corpus::model::Wire;

/// Up to so many octets every cut is tried.
pub const EVERY_CUT: usize = 4096;
/// On either side of where something may happen.
pub const WINDOW: usize = 512;
/// So many cuts are spread over a long message.
pub const STRIDES: usize = 64;
/// All questions about the cuts of one message together have no more octets than this, or are eight.
pub const MOST_OCTETS: usize = 64 * 1024 * 1024;

/// The places where the message is cut in two, one after another; ascending.
pub fn cuts(wire: &Wire) -> Vec<usize> {
    let length = wire.octets.len();
    let places = places(wire);
    let most = (MOST_OCTETS / length.max(1)).max(8);
    if places.len() <= most {
        return places.into_iter().collect();
    }
    let step = places.len().div_ceil(most);
    let near_fault = wire.fault.into_iter().flat_map(|fault| [fault.saturating_sub(1), fault, fault + 1]);
    let kept: BTreeSet<usize> =
        near_fault.chain(wire.cuts.iter().copied()).filter(|at| (1..length).contains(at)).collect();
    let thinned = places.iter().copied().step_by(step).chain(kept);
    thinned.collect::<BTreeSet<usize>>().into_iter().collect()
}

/// The places where the message is cut all at once, octet by octet; ascending.
pub fn octet_by_octet(wire: &Wire) -> Vec<usize> {
    places(wire).into_iter().collect()
}

fn places(wire: &Wire) -> BTreeSet<usize> {
    let length = wire.octets.len();
    if length <= EVERY_CUT {
        return (1..length).collect();
    }
    let mut interesting = vec![0, length];
    interesting.extend(wire.fault);
    interesting.extend(wire.cuts.iter().take(8));
    let mut places: BTreeSet<usize> = BTreeSet::new();
    for at in interesting {
        places.extend(at.saturating_sub(WINDOW).max(1)..(at + WINDOW).min(length));
    }
    places.extend((1..=STRIDES).map(|stride| stride * length / (STRIDES + 1)));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(length: usize, fault: Option<usize>, cuts: &[usize]) -> Wire {
        Wire { octets: vec![b'a'; length], cuts: cuts.to_vec(), fault }
    }

    #[test]
    fn a_short_message_is_cut_everywhere() {
        assert_eq!(cuts(&wire(5, None, &[])), [1, 2, 3, 4]);
        assert_eq!(octet_by_octet(&wire(5, None, &[])), [1, 2, 3, 4]);
        assert!(cuts(&wire(1, None, &[])).is_empty() && cuts(&wire(0, None, &[])).is_empty());
        assert_eq!(cuts(&wire(EVERY_CUT, None, &[])).len(), EVERY_CUT - 1);
    }

    #[test]
    fn a_long_message_is_cut_where_something_may_happen_and_in_strides() {
        let cuts = cuts(&wire(20_000, Some(10_000), &[5_000]));
        for at in [1, 511, 4_490, 5_000, 9_489, 10_000, 10_511, 19_999] {
            assert!(cuts.binary_search(&at).is_ok(), "{at}");
        }
        assert!(cuts.binary_search(&3_000).is_err());
        assert!(cuts.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 20_000 / STRIDES));
    }

    #[test]
    fn a_huge_message_is_not_asked_about_for_ever() {
        let wire = wire(16 * 1024 * 1024, Some(1_000_000), &[77, 2_000_000]);
        let cuts = cuts(&wire);
        assert!(cuts.len() < 20, "{}", cuts.len());
        for at in [77, 999_999, 1_000_000, 1_000_001, 2_000_000] {
            assert!(cuts.binary_search(&at).is_ok(), "{at}");
        }
    }
}
