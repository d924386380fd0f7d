#pragma once
#include "base/time.h"
#include "deploy/canary/same_time.h"
#include "deploy/canary/sequential.h"
#include "deploy/canary/settings.h"
#include "sys/data/json_fwd.h"
#include <optional>
#include <string>
#include <vector>

// Decides step by step whether the new release may get more of the requests.
namespace fairlead::deploy {

// The answer to a request to one of the two releases.
struct Answer {
    enum class Of { old, fresh };
    Of of = Of::old;
    int status = 200;              // 0: there was no connection, or it was cut
    std::optional<double> took_ms; // nothing: not known
    bool failed() const { return status < 100 || status >= 500; }
};

// The last times of a release, for computing a quantile.
class Times {
  public:
    void add(double ms);
    std::size_t size() const { return last_.size(); }
    double quantile(double share) const; // 0: there are no times

  private:
    std::vector<double> last_;
    std::size_t next_ = 0;
};

// Tests whether the new release's share of requests slower than a bar is larger than the old release's at the same
// time.
class Slower {
  public:
    // `least`: the smallest assumed share of the old release's requests above the bar.
    Slower(const CanarySettings& settings, double least, const Confidence& confidence);
    void next_step();
    void add(bool fresh, bool above);
    Judged judge() const;
    bool doubtful() const;
    const Counted& old() const { return plain_.old(); }
    const Counted& fresh() const { return plain_.fresh(); }

  private:
    Criterion plain_; // the test of the harm's size, without regard to when requests came
    SameTime same_time_;
};

// The evidence of one source: users' requests, or our own probes.
class Evidence {
  public:
    // `confidence` is for each of its criteria.
    Evidence(const CanarySettings& settings, bool times, const Confidence& confidence);
    void add_before(const Answer& old);
    // false: the new release has most of the requests, so its times aren't comparable
    void next_step(bool compares_times);
    void add(const Answer& answer);
    void add(const Counted& old, const Counted& fresh); // without times
    Judged judge() const;
    bool doubtful() const;    // the evidence speaks for harm, but isn't enough to abort
    std::string why() const;  // the reason for an abort; else empty
    std::string warn() const; // a warning; empty: there is no warning
    std::int64_t requests() const { return errors_.fresh().requests; }
    sys::Json to_json() const;

  private:
    void fall(HardFloor& floor, const Counted& more);
    void set_bars();

    const CanarySettings& settings_;
    const bool times_; // whether the source knows how long requests took
    bool compares_times_ = true;
    // slow: the slowest requests. typical: requests that are usually fast, where a long tail would hide harm. refused:
    // answers with 4xx, which only cause a warning.
    Criterion errors_;
    Slower slow_, typical_;
    Criterion limit_, refused_;
    HardFloor floor_, old_floor_;
    bool old_fell_ = false; // the old release reached the hard floor, too
    Times old_times_, fresh_times_;
    struct Bars {
        double slow_ms, typical_ms;
    };
    std::optional<Bars> bars_; // requests of this step that take longer count as slow
};

class Canary {
  public:
    // The source of users' requests. log: an access log. counters: these have no times, so times come from our own
    // probes. probes: only our own probes exist.
    enum class Source { log, counters, probes };
    // `settings` must live longer than this object.
    Canary(const CanarySettings& settings, Source source);

    void add_before(const Answer& old) { users_.add_before(old); } // before the new release got any requests
    void next_step() { begin_step(step_); }
    void begin_step(std::size_t index); // from 0; does nothing if it is the current step
    void add(const Answer& of_user) { users_.add(of_user); }
    void add(const Counted& old, const Counted& fresh) { users_.add(old, fresh); } // since the last call
    void add_probe(const Answer& answer);

    enum class Verdict {
        open,  // ask again later
        probe, // like open, and also probe both releases in turn
        pass,  // go to the next step
        abort, // go back to the old release
        // the step's time is over without a decision: wait for a decision until the deployment's deadline
        hold,
        promoted, // the step's time is over without a decision, and the settings say to go on
    };
    struct Look {
        Verdict verdict = Verdict::open;
        std::string reason; // of an abort, a hold or a promotion
    };
    Look judge(Milliseconds in_step); // time since the step's weight was set, by a steady clock

    // Returns the counts of all steps together, for the journal and the record; contains no address and no path.
    sys::Json to_json() const;
    std::string warning() const { return users_.warn(); }

  private:
    Look at_deadline(Milliseconds in_step) const;

    const CanarySettings& settings_;
    const Source source_;
    Evidence users_, probes_;
    std::size_t step_ = 0; // number of the current step, from 1
    bool asked_ = false;   // we probed both releases
    bool late_ = false;    // users sent too few requests in time, so our probes may decide
};

std::string_view name_of(Canary::Verdict verdict);

}
