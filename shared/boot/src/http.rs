//! The one HTTP client of a function.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use dynamodb::CONNECT_TIMEOUT;

/// A client for every service: one pool of connections, and one set of trusted certificates.
///
/// The SDK's own client reads the certificates of the system anew for each service that is made with it, and throws
/// the first result of each away: most of what a start costs. Otherwise this is that client, proxies of the
/// environment included, where the network has no other way out.
pub(crate) fn client() -> SharedHttpClient {
    let crypto = tls::rustls_provider::CryptoMode::AwsLc;
    // All services are as patient as DynamoDB's client, so that one connector serves them all.
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
    let connector = Connector::builder()
        .tls_provider(tls::Provider::Rustls(crypto))
        .proxy_config(ProxyConfig::from_env())
        .connector_settings(settings.build())
        .build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}
