//! TLS: which certificates are trusted, and readable reasons for those that are not.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use crate::error::TroubleKind;

/// TLS 1.2 and 1.3 with the roots that Mozilla trusts.
pub(super) fn config() -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(|error| error.to_string())?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        // Not weaker: it delegates to the default verifier and only improves its errors.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Naming(webpki)))
        .with_no_client_auth();
    Ok(config)
}

/// A verifier that distinguishes self-signed certificates from those of an unknown issuer.
#[derive(Debug)]
struct Naming(Arc<WebPkiServerVerifier>);

/// The error for a certificate that is its own issuer.
#[derive(Debug, thiserror::Error)]
#[error("the certificate is self-signed")]
struct SelfSigned;

impl ServerCertVerifier for Naming {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        verified.map_err(|error| match error {
            Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_))
                if is_self_signed(end_entity) =>
            {
                CertificateError::Other(OtherError(Arc::new(SelfSigned))).into()
            }
            error => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

fn is_self_signed(certificate: &CertificateDer<'_>) -> bool {
    webpki::EndEntityCert::try_from(certificate).is_ok_and(|parsed| parsed.issuer() == parsed.subject())
}

/// The TLS error among the causes of an error.
pub(super) fn error_in<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // `io::Error::source` skips the error it wraps.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// The kind of trouble of a TLS error, and its cause for the message.
pub(super) fn cause_of(error: &Error) -> (TroubleKind, String) {
    use CertificateError as C;
    let cause = match error {
        Error::InvalidMessage(_) => {
            let cause = "the port does not speak TLS; if it speaks plain HTTP, use http://";
            return (TroubleKind::Protocol, cause.to_owned());
        }
        Error::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => "the certificate has expired".to_owned(),
        Error::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => {
            "the certificate is not valid yet".to_owned()
        }
        Error::InvalidCertificate(C::UnknownIssuer) => {
            "the certificate was not issued by a trusted authority".to_owned()
        }
        Error::InvalidCertificate(C::NotValidForName) => "the certificate is for another host name".to_owned(),
        Error::InvalidCertificate(C::NotValidForNameContext { expected, presented }) => {
            format!("the certificate is for {}, not for {}", presented.join(", "), expected.to_str())
        }
        Error::InvalidCertificate(C::Other(OtherError(other))) if other.is::<SelfSigned>() => other.to_string(),
        Error::InvalidCertificate(other) => format!("invalid certificate: {other}"),
        Error::AlertReceived(alert) => format!("the server aborted the TLS handshake: {alert:?}"),
        other => format!("the TLS handshake failed: {other}"),
    };
    (TroubleKind::Tls, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_another_host_names_both() {
        let expected = ServerName::try_from("registry.invalid").expect("a name").to_owned();
        let presented = vec!["a.invalid".to_owned(), "b.invalid".to_owned()];
        let error = Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented });
        let wrapped = std::io::Error::other(std::io::Error::other(error));
        let (kind, cause) = error_in(&wrapped).map(cause_of).expect("it is found");
        assert_eq!(kind, TroubleKind::Tls);
        assert_eq!(cause, "the certificate is for a.invalid, b.invalid, not for registry.invalid");
    }
}
