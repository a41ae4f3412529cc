<<<<<<< HEAD
<<<<<<< HEAD
//! Client programs under test: adapters say how each is called, a server answers them, a sandbox bounds them, and a target
//! makes an observation of what they did.

pub mod adapter;
mod filling;
pub mod shipped;
mod target;

pub use adapter::Adapter;
pub use target::{ClientOptions, ClientTarget};
=======
//! Client programs under test.

pub mod server;
>>>>>>> serv23
=======
//! Client programs under test: how they are run, what they are served, and what is seen of them.

#[cfg(unix)]
pub mod sandbox;
>>>>>>> sand23
