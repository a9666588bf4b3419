//! What a thief of the database gets.
