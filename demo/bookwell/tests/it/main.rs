//! Bookwell as its clients see it: the routers in process, over a real database.

#[cfg(test)]
mod foundation;
#[cfg(test)]
mod pages;
