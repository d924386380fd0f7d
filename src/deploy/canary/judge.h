#pragma once
#include "base/time.h"
#include "deploy/canary/same_time.h"
#include "deploy/canary/sequential.h"
#include "deploy/canary/settings.h"
#include "sys/data/json_fwd.h"
#include <optional>
#include <string>
#include <vector>

// Whether the new release may get more of the requests, step by step.
namespace fairlead::deploy {

// A request that one of the two releases had.
struct Answer {
    enum class Of { old, fresh };
    Of of = Of::old;
    int status = 200;              // 0: there was no connection, or it was cut
    std::optional<double> took_ms; // nothing: nobody knows
    bool failed() const { return status < 100 || status >= 500; }
};

// The last times of a release, of which a quantile is wanted.
class Times {
  public:
    void add(double ms);
    std::size_t size() const { return last_.size(); }
    double quantile(double share) const; // 0 where there is none

  private:
    std::vector<double> last_;
    std::size_t next_ = 0;
};

// Whether more of the new release's requests take longer than a bar, than of the old one's at the same time.
class Slower {
  public:
    // `least`: the share of the old release's requests above the bar is taken to be no less.
    Slower(const CanarySettings& settings, double least, const Confidence& confidence);
    void next_step();
    void add(bool fresh, bool above);
    Judged judge() const;
    bool doubtful() const;
    const Counted& old() const { return plain_.old(); }
    const Counted& fresh() const { return plain_.fresh(); }

  private:
    Criterion plain_; // how large the harm is, whenever they came
    SameTime same_time_;
};

// What one source tells: users' requests, or questions of ours.
class Evidence {
  public:
    // `confidence`: of each of its questions.
    Evidence(const CanarySettings& settings, bool times, const Confidence& confidence);
    void add_before(const Answer& old);
    void next_step(bool compares_times); // false: the new release has most requests, and so other times
    void add(const Answer& answer);
    void add(const Counted& old, const Counted& fresh); // without times
    Judged judge() const;
    bool doubtful() const;    // too little to abort, and not good
    std::string why() const;  // it aborts; else empty
    std::string warn() const; // empty: nothing
    std::int64_t requests() const { return errors_.fresh().requests; }
    sys::Json to_json() const;

  private:
    void fall(HardFloor& floor, const Counted& more);
    void set_bars();

    const CanarySettings& settings_;
    const bool times_; // it tells how long requests took
    bool compares_times_ = true;
    // slow: the slowest requests; typical: those that are usually fast, whose harm a long tail hides; refused: 4xx,
    // which only warn
    Criterion errors_;
    Slower slow_, typical_;
    Criterion limit_, refused_;
    HardFloor floor_, old_floor_;
    bool old_fell_ = false; // the old release does so too, at times
    Times old_times_, fresh_times_;
    struct Bars {
        double slow_ms, typical_ms;
    };
    std::optional<Bars> bars_; // that requests of this step are slow above
};

class Canary {
  public:
    // Who tells of users' requests: a log, or counters, which know no times, so that those are of questions of ours;
    // probes: nobody.
    enum class Source { log, counters, probes };
    // `settings` outlive it.
    Canary(const CanarySettings& settings, Source source);

    void add_before(const Answer& old) { users_.add_before(old); } // that came before the new release got any
    void next_step() { begin_step(step_); }
    void begin_step(std::size_t index); // from 0; the one under way goes on
    void add(const Answer& of_user) { users_.add(of_user); }
    void add(const Counted& old, const Counted& fresh) { users_.add(old, fresh); } // since the last time
    void add_probe(const Answer& answer);

    enum class Verdict {
        open,  // ask again
        probe, // the same, and ask both releases by turns
        pass,  // the next step
        abort, // back
        hold,  // its time is over and it is still open: stay, until it is decided or the deployment's deadline ends it
        promoted, // the same, and the settings say to go on
    };
    struct Look {
        Verdict verdict = Verdict::open;
        std::string reason; // of an abort, a hold or a promotion
    };
    Look judge(Milliseconds in_step); // by a steady clock, since the step's weight was set

    // For the journal and the record: what was counted, all steps together; no address and no path.
    sys::Json to_json() const;
    std::string warning() const { return users_.warn(); }

  private:
    Look at_deadline(Milliseconds in_step) const;

    const CanarySettings& settings_;
    const Source source_;
    Evidence users_, probes_;
    std::size_t step_ = 0; // number of the one under way, from 1
    bool asked_ = false;   // both releases, by us
    bool late_ = false;    // users asked too little, so what we asked may decide
};

std::string_view name_of(Canary::Verdict verdict);

}
