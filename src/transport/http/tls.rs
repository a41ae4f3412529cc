//! TLS: which certificates are trusted, and readable reasons for those that are not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    SignatureScheme,
};

use crate::error::{Input, TroubleKind};

/// How servers are verified, and how this client identifies itself.
#[derive(Debug)]
pub struct Tls {
    /// Certificates of authorities that are trusted in addition to those of the system.
    authorities: Vec<CertificateDer<'static>>,
    /// The certificate of this client, with those of its issuers, and its key.
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    /// Whether servers are verified at all.
    verify: bool,
}

impl Default for Tls {
    /// Trusts the authorities of the system.
    fn default() -> Self {
        Self { authorities: Vec::new(), identity: None, verify: true }
    }
}

impl Tls {
    /// Also trusts the authorities in these PEM files, identifies itself with the certificate and the key of `identity`, and
    /// verifies servers only if `verify` is set.
    ///
    /// # Errors
    ///
    /// [`Input`] if a file cannot be read or has no certificate or key.
    pub fn load(authorities: &[PathBuf], identity: Option<(&Path, &Path)>, verify: bool) -> Result<Self, Input> {
        let certificates = |path: &Path| -> Result<Vec<CertificateDer<'static>>, Input> {
            let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let read = read.map_err(|error| unreadable(path, "certificates", &error))?;
            if read.is_empty() { Err(unreadable(path, "certificates", &pem::Error::NoItemsFound)) } else { Ok(read) }
        };
        let mut all = Vec::new();
        for path in authorities {
            all.extend(certificates(path)?);
        }
        let identity = match identity {
            Some((certificate, key)) => {
                let key =
                    PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, "a private key", &error))?;
                Some((certificates(certificate)?, key))
            }
            None => None,
        };
        Ok(Self { authorities: all, identity, verify })
    }

    /// Whether servers are verified.
    pub fn verifies(&self) -> bool {
        self.verify
    }

    /// TLS 1.2 and 1.3. Fails with the reason if the roots or the identity cannot be used.
    pub(super) fn config(&self) -> Result<ClientConfig, String> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            // Not weaker, if servers are verified: it delegates to the default verifier and only improves its errors.
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(self.verifier(provider)?));
        match &self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some((certificates, key)) => builder
                .with_client_auth_cert(certificates.clone(), key.clone_key())
                .map_err(|error| format!("the client certificate and its key cannot be used: {error}")),
        }
    }

    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier, String> {
        if !self.verify {
            return Ok(Verifier::None(provider));
        }
        let mut roots = RootCertStore::empty();
        // `SSL_CERT_FILE` and `SSL_CERT_DIR` replace those of the system.
        let native = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(native.certs.into_iter().chain(self.authorities.clone()));
        if roots.is_empty() {
            let why = native.errors.first().map_or(String::new(), |error| format!(": {error}"));
            return Err(format!("this system has no trusted certificates{why}"));
        }
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        webpki.map(Verifier::Naming).map_err(|error| error.to_string())
    }
}

fn unreadable(path: &Path, what: &str, error: &pem::Error) -> Input {
    let (path, why) = (path.display(), error.to_string());
    Input::value(format!("cannot read {what} from {path}"), why, "name a PEM file")
}

/// How a server is verified.
#[derive(Debug)]
enum Verifier {
    /// By its certificate. Distinguishes self-signed certificates from those of an unknown issuer.
    Naming(Arc<WebPkiServerVerifier>),
    /// Not at all.
    None(Arc<CryptoProvider>),
}

/// The error for a certificate that is its own issuer.
#[derive(Debug, thiserror::Error)]
#[error("the certificate is self-signed")]
struct SelfSigned;

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Self::Naming(webpki) = self else { return Ok(ServerCertVerified::assertion()) };
        let verified = webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
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
        match self {
            Self::Naming(webpki) => webpki.verify_tls12_signature(message, cert, dss),
            Self::None(provider) => {
                verify_tls12_signature(message, cert, dss, &provider.signature_verification_algorithms)
            }
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self {
            Self::Naming(webpki) => webpki.verify_tls13_signature(message, cert, dss),
            Self::None(provider) => {
                verify_tls13_signature(message, cert, dss, &provider.signature_verification_algorithms)
            }
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match self {
            Self::Naming(webpki) => webpki.supported_verify_schemes(),
            Self::None(provider) => provider.signature_verification_algorithms.supported_schemes(),
        }
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

/// Whether the server speaks none of the application protocols that were offered.
pub(super) fn wants_other_protocol(error: &Error) -> bool {
    matches!(error, Error::AlertReceived(AlertDescription::NoApplicationProtocol) | Error::NoApplicationProtocol)
}

/// The kind of trouble of a TLS error, and its cause for the message.
pub(super) fn cause_of(error: &Error) -> (TroubleKind, String) {
    use AlertDescription as A;
    use CertificateError as C;
    let mut kind = TroubleKind::Tls;
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
            kind = TroubleKind::UnknownAuthority;
            "the certificate was not issued by a trusted authority".to_owned()
        }
        // One that was issued anew under the same name.
        Error::InvalidCertificate(C::BadSignature) => {
            kind = TroubleKind::UnknownAuthority;
            "the certificate was not signed by the trusted authority of the name of its issuer".to_owned()
        }
        Error::InvalidCertificate(C::NotValidForName) => "the certificate is for another host name".to_owned(),
        Error::InvalidCertificate(C::NotValidForNameContext { expected, presented }) => {
            // Each is written as in `DnsName("a.invalid")`.
            let bare = |name: &String| name.split('"').nth(1).unwrap_or(name).to_owned();
            let names: Vec<String> = presented.iter().map(bare).collect();
            format!("the certificate is for {}, not for {}", names.join(", "), expected.to_str())
        }
        Error::InvalidCertificate(C::Other(OtherError(other))) if other.is::<SelfSigned>() => {
            kind = TroubleKind::UnknownAuthority;
            other.to_string()
        }
        Error::InvalidCertificate(other) => format!("invalid certificate: {other}"),
        // What servers send about the certificate of a client; `DecryptError` if its signature is wrong.
        Error::AlertReceived(
            A::CertificateRequired
            | A::NoCertificate
            | A::UnknownCA
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::AccessDenied
            | A::DecryptError,
        ) => {
            kind = TroubleKind::ClientCertificate;
            "the server wants a client certificate that it trusts".to_owned()
        }
        Error::AlertReceived(alert) => format!("the server aborted the TLS handshake: {alert:?}"),
        other => format!("the TLS handshake failed: {other}"),
    };
    (kind, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_another_host_names_both() {
        let expected = ServerName::try_from("registry.invalid").expect("a name").to_owned();
        let presented = vec!["DnsName(\"a.invalid\")".to_owned(), "b.invalid".to_owned()];
        let error = Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented });
        let wrapped = std::io::Error::other(std::io::Error::other(error));
        let (kind, cause) = error_in(&wrapped).map(cause_of).expect("it is found");
        assert_eq!(kind, TroubleKind::Tls);
        assert_eq!(cause, "the certificate is for a.invalid, b.invalid, not for registry.invalid");
    }
}
