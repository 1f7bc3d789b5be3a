-- The shop of compose.yaml: twenty authors, two hundred books.
CREATE TABLE authors (
    id bigint PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE books (
    id bigint PRIMARY KEY,
    title text NOT NULL,
    author_id bigint NOT NULL REFERENCES authors,
    price numeric(8, 2) NOT NULL CHECK (price >= 0)
);

-- A change must name the old author too: the key of that author's list depends on it.
ALTER TABLE books REPLICA IDENTITY FULL;

INSERT INTO authors SELECT id, 'Author ' || id FROM generate_series(1, 20) id;
INSERT INTO books SELECT id, 'Book ' || id, 1 + id % 20, 5 + id % 30 FROM generate_series(1, 200) id;
