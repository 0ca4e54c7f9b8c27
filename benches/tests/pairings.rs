//! Whoever is measured over sockets says and hears the same.

use wiregauge_benches::measure::{bounded, exchanges, exchanges_on_each, runtime};
use wiregauge_benches::message::{Got, LARGE, SMALL, expected, request_octets};
use wiregauge_benches::pairing::PAIRINGS;
use wiregauge_benches::security::Security;

#[test]
fn every_pairing_exchanges_the_same_messages_plain_and_secured() {
    let runtime = runtime().unwrap();
    let secured = Security::new().unwrap();
    for pairing in PAIRINGS {
        for (security, length) in [(None, SMALL), (None, LARGE), (Some(&secured), SMALL), (Some(&secured), LARGE)] {
            let through = bounded(&runtime, async {
                let server = pairing.server(security, length).await?;
                let mut client = pairing.checked_client(&server, security).await?;
                exchanges(&mut client, 3, length).await?;
                client.close().await?;
                let mut more = vec![pairing.client(&server, security).await?, pairing.client(&server, security).await?];
                exchanges_on_each(&mut more, 2, length).await?;
                assert_eq!(more.len(), 2);
                drop(more);
                server.stop().await;
                Ok(())
            });
            assert!(through.is_ok(), "{pairing:?}, secured: {}: {through:?}", security.is_some());
        }
    }
}

#[test]
fn an_answer_of_another_length_is_no_measurement() {
    let runtime = runtime().unwrap();
    for pairing in PAIRINGS {
        let through = bounded(&runtime, async {
            let server = pairing.server(None, SMALL).await?;
            let mut client = pairing.client(&server, None).await?;
            exchanges(&mut client, 1, LARGE).await
        });
        assert!(through.is_err(), "{pairing:?}");
    }
}

#[test]
fn a_plain_client_measures_nothing_at_a_secured_server() {
    let runtime = runtime().unwrap();
    let secured = Security::new().unwrap();
    for pairing in PAIRINGS {
        let through = bounded(&runtime, async {
            let server = pairing.server(Some(&secured), SMALL).await?;
            pairing.checked_client(&server, None).await.map(drop)
        });
        assert!(through.is_err(), "{pairing:?}");
    }
}

#[test]
fn the_request_is_as_large_as_a_browsers() {
    assert!((380..=480).contains(&request_octets().len()), "{}", request_octets().len());
    assert!(expected(&Got { status: 500, fields: 3, length: SMALL }, SMALL).is_err());
}
