//! Tests of the demonstration.
