//! The one HTTP client of a function.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use dynamodb::CONNECT_TIMEOUT;

/// A client for every service: one pool of connections, and one set of trusted certificates.
///
/// The SDK's own takes the system's certificates apart for every service that is made with it, throws that away, and
/// does it again for the first request. Otherwise this is that client, with proxies of the environment, where the
/// network has no other way out.
pub(crate) fn client() -> SharedHttpClient {
    let crypto = tls::rustls_provider::CryptoMode::AwsLc;
    // What a service says of connecting is not asked: one connector serves them all.
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
    let connector = Connector::builder()
        .tls_provider(tls::Provider::Rustls(crypto))
        .proxy_config(ProxyConfig::from_env())
        .connector_settings(settings.build())
        .build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}
