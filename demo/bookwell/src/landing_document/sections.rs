//! The nine kinds of sections and their limits.

use super::shape::{Field, Shape, Variant};

pub(super) const SECTIONS: [Variant; 9] = [
    Variant {
        name: "hero",
        fields: &[
            Field::required("headline", text(1, 60)),
            Field::optional("subheadline", text(0, 150)),
            Field::optional("button", text(0, 30)),
            Field::optional("image", Shape::Url),
        ],
    },
    Variant {
        name: "text",
        fields: &[
            Field::optional("headline", text(0, 60)),
            Field::required("content", text(1, 2000)),
            Field::optional("image", Shape::Url),
            Field::optional("image_side", Shape::OneOf(&["left", "right"])),
        ],
    },
    Variant {
        name: "gallery",
        fields: &[
            Field::required(
                "images",
                Shape::List {
                    least: 1,
                    most: 50,
                    of: &Shape::Object(&[
                        Field::required("url", Shape::Url),
                        Field::required("alt", text(1, 200)),
                    ]),
                },
            ),
            Field::optional("handle", text(0, 30)),
        ],
    },
    Variant {
        name: "testimonials",
        fields: &[Field::required(
            "items",
            Shape::List {
                least: 1,
                most: 12,
                of: &Shape::Object(&[
                    Field::required("quote", text(10, 300)),
                    Field::required("author", text(1, 100)),
                    Field::optional("role", text(0, 50)),
                    Field::required("rating", Shape::Number { least: 1, most: 5 }),
                ]),
            },
        )],
    },
    Variant {
        name: "faq",
        fields: &[Field::required(
            "items",
            Shape::List {
                least: 1,
                most: 20,
                of: &Shape::Object(&[
                    Field::required("question", text(1, 200)),
                    Field::required("answer", text(1, 1000)),
                ]),
            },
        )],
    },
    Variant {
        name: "contact",
        fields: &[
            Field::optional("email", Shape::Email),
            Field::optional("phone", text(0, 20)),
            Field::optional("address", text(0, 300)),
            Field::optional("hours", text(0, 500)),
        ],
    },
    Variant {
        name: "cta",
        fields: &[
            Field::required("headline", text(1, 60)),
            Field::optional("text", text(0, 150)),
            Field::required("button", text(1, 30)),
        ],
    },
    Variant {
        name: "pricing",
        fields: &[Field::required(
            "tiers",
            Shape::List {
                least: 1,
                most: 5,
                of: &Shape::Object(&[
                    Field::required("name", text(1, 60)),
                    Field::required("price", text(1, 30)),
                    Field::required(
                        "features",
                        Shape::List {
                            least: 0,
                            most: 10,
                            of: &text(1, 100),
                        },
                    ),
                ]),
            },
        )],
    },
    Variant {
        name: "features",
        fields: &[
            Field::required("columns", Shape::Number { least: 2, most: 4 }),
            Field::required(
                "items",
                Shape::List {
                    least: 1,
                    most: 12,
                    of: &Shape::Object(&[
                        Field::required("title", text(1, 60)),
                        Field::required("text", text(1, 300)),
                    ]),
                },
            ),
        ],
    },
];

const fn text(least: usize, most: usize) -> Shape {
    Shape::Text { least, most }
}
