//! What every store promises, as a suite that runs against any of them; uses `model` and `ports`, and only tests use it.
//!
//! [`check_all`] runs everything that a log promises, and each promise is also a function of its own;
//! [`check_side`], [`check_customer_index`] and [`check_connections`] run what is promised of side logs, of the
//! index of customers' chats and of tables of connections. They panic with the promise that was broken. Every one works in sessions of its own,
//! drawn from a seed, so that runs do not meet on a table that others use too.
//!
//! ```
//! let log = domain::MemoryLog::default();
//! # futures_executor::block_on(
//! domain::contract::check_all(&log, 1)
//! # );
//! ```

mod connections;
mod customer_index;
#[cfg(test)]
mod faults;
mod log;
mod samples;
mod side;

pub use connections::check_connections;
pub use customer_index::check_customer_index;
pub use log::{
    a_cut_read_goes_on_where_it_stopped, a_limit_is_kept, a_repeated_put_meets_itself,
    a_session_that_was_never_written_reads_as_empty, a_slot_is_taken_once,
    a_strong_read_sees_every_acknowledged_put, a_taken_slot_gives_its_occupant,
    an_empty_range_reads_as_nothing, an_eventual_read_invents_nothing, check_all,
    every_kind_of_record_comes_back_as_it_was, racing_puts_of_one_slot_have_one_winner,
    ranges_are_inclusive_and_ordered_both_ways, sessions_and_instances_do_not_mix,
    slots_sort_as_numbers, texts_come_back_unchanged, the_largest_legal_records_fit,
};
pub use samples::{
    FreshSessions, every_content_type_and_role, largest_message, largest_start, message_at,
    records_of_every_kind,
};
pub use side::{check_side, entries_of_every_kind};
