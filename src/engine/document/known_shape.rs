//! Whether a document is one that the fixed cases of every run push.

use super::exchange::Document;
use crate::engine::order::Schedule;
use crate::exchange::Reference;
use crate::generate::flavours;
use crate::render::render;
use crate::shape::Shape;

/// The fixed shape that renders to exactly this document, pushed by a fresh tag with the same Content-Type; `None` if there is
/// none. Such a document needs no special handling: the shape says all of it.
pub fn known_shape(document: &Document) -> Option<Shape> {
    let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
    let fixed = Schedule { flavours, ..Schedule::default() }.fixed();
    fixed.filter(|shape| !shape.is_large()).find(|shape| {
        let exchange = render(shape);
        let tested = &exchange.tested;
        tested.body.bytes() == &document.body
            && tested.content_type.as_deref() == document.content_type.as_deref()
            && tested.reference == Reference::Tag
            && exchange.steps.iter().filter(|step| matches!(step, crate::exchange::Step::Tested)).count() == 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::document::Contents;

    #[test]
    fn a_document_of_a_fixed_case_is_recognised_and_another_is_not() {
        for text in ["base", "annotations=one", "kind=index"] {
            let shape: Shape = text.parse().expect("a shape");
            let document = Document::new(None, render(&shape).tested.body.bytes().clone(), Contents::default());
            assert_eq!(known_shape(&document), Some(shape));
        }
        assert_eq!(known_shape(&Document::new(None, b"{\"schemaVersion\":2}"[..].into(), Contents::default())), None);
    }
}
