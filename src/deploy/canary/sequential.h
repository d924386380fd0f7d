#pragma once
#include <cstdint>

// Tests whether a new release does more harm than the old release, again after every few requests. Uses Wald's
// sequential probability ratio test (Annals of Mathematical Statistics 16, 1945): frequent repetition causes no
// additional errors, and with little data the result is "open". tests/unit/deploy/canary/sequential.cpp measures how
// often it errs.
namespace fairlead::deploy {

struct Counted {
    std::int64_t requests = 0, bad = 0; // bad: failed, or slower than the bar
    Counted& operator+=(const Counted& other) {
        requests += other.requests;
        bad += other.bad;
        return *this;
    }
    double share() const { return requests > 0 ? static_cast<double>(bad) / static_cast<double>(requests) : 0; }
};

// The smallest harm to be found: a share of bad requests that is `ratio` times the old release's share and at least
// `points` higher. If the old share is large, the share of good requests is divided by `ratio` instead: otherwise a
// share of one half, doubled, would leave no good requests.
struct Harm {
    double ratio = 2, points = 0.01;
    double least = 0.001; // the old release's share is taken to be at least this
};

struct Confidence {
    double alpha = 0.01; // share of good releases that are wrongly aborted
    double beta = 0.05;  // share of releases with exactly this harm that wrongly pass
};

enum class Judged { open, pass, abort };

double expected(const Counted& old, const Harm& harm); // the old release's share; 0.5 if it had no request
// Returns the logarithm of the likelihood ratio of these requests, with harm to without harm. Below zero: they are
// likelier without harm.
double evidence(const Counted& fresh, double share, const Harm& harm);
Judged decide(double evidence, const Confidence& confidence);

// Measures how much the old release's bad requests cluster, for example because a database is slow for a second: their
// variance divided by the variance of independent requests, in blocks of at least 100 and 1,000 requests. Evidence is
// divided by this factor. Otherwise a single bad second would abort good releases.
class Dispersion {
  public:
    void add(const Counted& more);
    double factor() const; // at least 1; stays 1 until there are enough blocks

  private:
    struct Blocks {
        std::int64_t size, count = 0;
        Counted open = {}, all = {};
        double squares = 0; // sum of (bad requests)² / requests over the blocks
    };
    Blocks scales_[2] = {{100}, {1000}};
};

// One criterion over all steps of a canary. Counts of earlier steps are kept, so a later step may pass at once. Each
// step is also judged by its own counts, to find harm that begins with this step.
class Criterion {
  public:
    // `confidence` is for the whole canary with its `steps` steps. Half of alpha is for all requests together; the
    // steps share the other half. `absolute`: the expected share is harm.least, whatever the old release does.
    Criterion(Harm harm, Confidence confidence, std::size_t steps, std::int64_t least_requests, bool absolute = false)
        : harm_(harm), of_all_{confidence.alpha / 2, confidence.beta}, of_step_{of_all_.alpha /
                                                                                    static_cast<double>(steps),
                                                                                confidence.beta},
          least_requests_(least_requests), absolute_(absolute) {}

    void next_step();
    void add_before(const Counted& old); // requests of the old release before the canary began
    void add_old(const Counted& more);
    void add_fresh(const Counted& more);
    Judged judge() const;
    bool enough() const;   // whether both releases have enough requests for a judgement
    bool doubtful() const; // whether the evidence so far, even if weak, speaks for harm
    bool harmful() const;  // whether it is doubtful(), or the counts of this step alone show harm
    const Counted& old() const { return old_; }
    const Counted& fresh() const { return fresh_; }

  private:
    double share_now() const;    // share of the old release's requests that are bad
    double of_this_step() const; // evidence of this step

    Harm harm_;
    Confidence of_all_, of_step_;
    std::int64_t least_requests_;
    bool absolute_;
    Dispersion dispersion_; // of the old release
    double carried_ = 0;    // evidence of the earlier steps, each compared with the old release at that time
    Counted old_, fresh_, old_in_step_, fresh_in_step_;
};

// A limit that needs no statistics: at least ten failed requests, and more than half of the last twenty.
class HardFloor {
  public:
    void add(const Counted& more);
    bool reached() const;

  private:
    std::uint32_t last_ = 0; // one bit for each of the last twenty requests
    std::int64_t bad_ = 0;
};

}
