//! The endpoints on their own listener, over a real socket.

use std::net::SocketAddr;

use reqwest::Client;

use crate::world::World;

async fn providers(address: SocketAddr) -> String {
    let client = Client::builder().no_proxy().build().unwrap();
    let request = client
        .get(format!("http://{address}/api/auth/signin"))
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "app.test");
    let answer = request.send().await.unwrap();
    format!("{}", answer.status().as_u16())
}

#[tokio::test]
async fn it_is_on_loopback_and_a_reload_keeps_it() {
    let world = World::start().await;
    let address = world.sign_in.listen().unwrap();
    assert!(address.ip().is_loopback());
    assert_eq!(providers(address).await, "200");
    let mut settings = world.settings.clone();
    settings.pages.sign_in = Some("/login".to_owned());
    world.sign_in.reload(settings).unwrap();
    // Redirects are followed by this client, and there is no `/login`: the new settings are at work.
    assert_eq!(providers(address).await, "400");
}
