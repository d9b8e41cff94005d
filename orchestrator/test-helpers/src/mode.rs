//! The ways to misbehave.

macro_rules! modes {
    ($($(#[doc = $doc:literal])+ $mode:ident $word:literal,)+) => {
        /// One way to misbehave.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Mode {
            $($(#[doc = $doc])+ $mode,)+
        }

        const ALL: &[(Mode, &str, &str)] = &[$((Mode::$mode, $word, concat!($($doc),+)),)+];
    };
}

modes! {
    /// No fault at all.
    Good "good",
    /// `--describe` prints no JSON.
    BadDescribe "bad-describe",
    /// `ready` names another pool.
    WrongName "wrong-name",
    /// `ready` names another protocol.
    WrongProtocol "wrong-protocol",
    /// `ready` names a chunk that nobody asked for.
    WrongEffective "wrong-effective",
    /// Takes arguments that mean nothing.
    TakesAnything "takes-anything",
    /// Refuses without saying what or why.
    VagueRefusal "vague-refusal",
    /// Prints a word that is no event.
    Rubbish "rubbish",
    /// Exits with 0 and says nothing.
    Nothing "nothing",
    /// Says nothing and stays.
    SilentHang "silent-hang",
    /// Stays at `ready`, whatever is replied.
    HangAtReady "hang-at-ready",
    /// Stays at `started`, whatever is replied.
    HangAtStarted "hang-at-started",
    /// Stays at `done`, whatever is replied.
    HangAtDone "hang-at-done",
    /// Stays at `stopped`, whatever is replied.
    HangAtStopped "hang-at-stopped",
    /// Endless stdout without a line feed.
    Flood "flood",
    /// Endless lines that are no events.
    FloodLines "flood-lines",
    /// An event of more than 64 KiB.
    LongLine "long-line",
    /// Much on stderr, which is allowed.
    StderrFlood "stderr-flood",
    /// Endless stderr in place of `done`.
    StderrEndless "stderr-endless",
    /// A wrong checksum.
    WrongSum "wrong-sum",
    /// One job less than asked for.
    WrongCount "wrong-count",
    /// Failed jobs add to the checksum.
    CountsFailed "counts-failed",
    /// Failed jobs are not counted.
    LosesErrors "loses-errors",
    /// One batch time, whatever was asked for.
    OneTime "one-time",
    /// The second batch gives another checksum.
    BatchesDiffer "batches-differ",
    /// Times contain the wait at the gate.
    CountsPauses "counts-pauses",
    /// A start of an hour.
    HourToStart "hour-to-start",
    /// Exits with 3 in place of `done`.
    EarlyExit "early-exit",
    /// Dies of SIGKILL in the batch.
    Killed "killed",
    /// Closes stdout in place of `done` and stays.
    ClosesStdout "closes-stdout",
    /// Exits with 3 after `stopped`.
    ExitAfterStoppedNonzero "exit-after-stopped-nonzero",
    /// Goes on talking after `stopped`.
    BabbleAfterStopped "babble-after-stopped",
    /// Endless stdout after `stopped`.
    FloodAfterStopped "flood-after-stopped",
    /// Stays when stdin ends.
    IgnoresEof "ignores-eof",
    /// Exits with 1 when stdin ends.
    FailsAtEof "fails-at-eof",
    /// Takes every line for `go`.
    TakesAnyReply "takes-any-reply",
    /// Waits at no gate.
    DoesNotWait "does-not-wait",
    /// The error `limit` in place of `started`.
    Limit "limit",
    /// The error `unsupported` in place of `started`.
    Unsupported "unsupported",
    /// The error `internal` in place of `started`.
    Internal "internal",
    /// What terminals, pages and spreadsheets obey, and folders of the machine: in the title, an error and on stderr.
    Steers "steers",
    /// A worker process before `ready`.
    EarlyWorker "early-worker",
    /// A worker process that has the gate's ends open.
    WorkerHoldsGate "worker-holds-gate",
    /// A process that outlives the pool.
    Grandchild "grandchild",
    /// Threads that outlive `stopped`.
    ThreadsLeft "threads-left",
    /// Lists `sleep` and does not sleep.
    Hasty "hasty",
    /// Has threads, and lets them sleep all at once, however many workers are asked for.
    AllAtOnce "all-at-once",
    /// Has threads, and lets them sleep one after another.
    OneAtATime "one-at-a-time",
    /// Its batches take less and less time, up to some fortieth.
    Warms "warms",
    /// Lists `http` and sends nothing.
    NoRequests "no-requests",
    /// A version with a capital and a plus.
    BadVersion "bad-version",
    /// `stopped` in place of `started`.
    WrongOrder "wrong-order",
    /// A first event without a line feed.
    NoLineEnd "no-line-end",
    /// Checking that took an hour.
    HourToCheck "hour-to-check",
    /// Runs the first batch, and says that the others took no time.
    FirstBatchOnly "first-batch-only",
    /// Runs the first batch, and says that the others took as long.
    SameTimes "same-times",
    /// Has threads, which come with the batch.
    LazyWorkers "lazy-workers",
    /// Has threads, which come a while after `started`.
    LateWorkers "late-workers",
    /// Has threads, which do not idle at `started`, but are still getting ready.
    BusyWorkers "busy-workers",
    /// Has threads, which are gone at `done`.
    GoneEarly "gone-early",
    /// Says that it has `isolation`, and dies with its job.
    ClaimsIsolation "claims-isolation",
    /// Lists `lib`, and runs an empty job whatever the library is.
    ClaimsLib "claims-lib",
    /// Says that it has `isolation`, lives on, and names no job.
    NamesNoJob "names-no-job",
}

impl Mode {
    /// The mode of that name.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        ALL.iter().find(|(_, name, _)| *name == word).map(|(mode, ..)| *mode)
    }

    /// Its name, which is also the pool's.
    pub(crate) fn word(self) -> &'static str {
        ALL.iter().find(|(mode, ..)| *mode == self).expect("ALL names every mode").1
    }

    /// Whether it says that it has more workers than the caller.
    pub(crate) fn has_workers(self) -> bool {
        let has_some = matches!(self, Self::AllAtOnce | Self::OneAtATime);
        has_some || matches!(self, Self::LazyWorkers | Self::LateWorkers | Self::BusyWorkers | Self::GoneEarly)
    }

    /// Whether it says that its caller outlives a job that aborts.
    pub(crate) fn has_isolation(self) -> bool {
        matches!(self, Self::ClaimsIsolation | Self::NamesNoJob)
    }

    /// All of them, a line each.
    pub(crate) fn list() -> String {
        let lines = ALL.iter().map(|(_, name, what)| format!("  {name:28}{}", what.trim()));
        lines.collect::<Vec<_>>().join("\n")
    }
}
