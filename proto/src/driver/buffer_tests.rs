use super::*;

/// Receives so many octets that count up from `next`.
fn receive(buffer: &mut Buffer, next: &mut u8, count: usize) {
    let received = buffer.fill(
        |room| {
            for octet in &mut room[..count] {
                *octet = *next;
                *next = next.wrapping_add(1);
            }
            count
        },
        |count| *count,
    );
    assert_eq!(received, count);
}

#[test]
fn octets_come_out_in_the_order_in_which_they_came_in() {
    let (mut buffer, mut came, mut went) = (Buffer::default(), 0, 0_u8);
    let mut held = 0;
    for round in 0..400 {
        let count = [0, 1, 7, 4000, PIECE][round % 5];
        receive(&mut buffer, &mut came, count);
        held += count;
        assert_eq!(buffer.octets().len(), held);
        let consumed = if round % 7 == 0 { held } else { held * (round % 4) / 3 };
        for octet in &buffer.octets()[..consumed] {
            assert_eq!(*octet, went);
            went = went.wrapping_add(1);
        }
        buffer.consume(consumed);
        held -= consumed;
        assert_eq!(buffer.is_empty(), held == 0);
    }
}

#[test]
fn nothing_that_came_before_is_taken_for_received() {
    let (mut buffer, mut next) = (Buffer::default(), 1);
    receive(&mut buffer, &mut next, 100);
    buffer.consume(100);
    receive(&mut buffer, &mut next, 0);
    assert!(buffer.is_empty() && buffer.octets().is_empty());
    receive(&mut buffer, &mut next, 2);
    assert_eq!(buffer.octets(), [101, 102]);
    assert_eq!(buffer.take(), [101, 102]);
    assert!(buffer.is_empty());
}

#[test]
fn a_transport_that_tells_of_more_than_there_was_room_for_gives_one_piece() {
    let mut buffer = Buffer::default();
    buffer.fill(|_| (), |()| usize::MAX);
    assert_eq!(buffer.octets().len(), PIECE);
}

#[test]
fn at_rest_one_piece_is_kept_at_most() {
    let (mut buffer, mut next) = (Buffer::default(), 0);
    for _ in 0..3 {
        receive(&mut buffer, &mut next, PIECE);
    }
    buffer.rest();
    assert_eq!(buffer.octets().len(), 3 * PIECE, "what is in it stays");
    buffer.consume(3 * PIECE);
    buffer.rest();
    assert!(buffer.room.capacity() <= PIECE);
}
