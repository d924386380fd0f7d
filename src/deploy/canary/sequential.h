#pragma once
#include <cstdint>

// Whether a new release does more harm than the old one, asked again after every few requests. Wald's sequential
// probability ratio test (Annals of Mathematical Statistics 16, 1945): looking often costs nothing, and little data is
// an answer of its own. How often it errs is measured by tests/unit/deploy/canary/sequential.cpp.
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

// The smallest harm that is to be found: `ratio` times the old release's share of bad requests (where that share is
// large, a `ratio`th of its good ones: twice one half would be no request that is good), and at least `points` more.
struct Harm {
    double ratio = 2, points = 0.01;
    double least = 0.001; // the old release's share is taken to be no less
};

struct Confidence {
    double alpha = 0.01; // share of the good ones that are called sick
    double beta = 0.05;  // share of those just as harmful as said that pass
};

enum class Judged { open, pass, abort };

double expected(const Counted& old, const Harm& harm); // the old release's share; 0.5 where it had no request
// Log of how much likelier these requests are with the harm than without it; below zero: without.
double evidence(const Counted& fresh, double share, const Harm& harm);
Judged decide(double evidence, const Confidence& confidence);

// How much more the old release's bad requests come together than by chance, as they do when a database is slow for a
// second: variance over that of independent ones, in blocks of at least 100 and 1,000 requests. Evidence is divided by
// it, or good releases would be called sick for a single bad second.
class Dispersion {
  public:
    void add(const Counted& more);
    double factor() const; // at least 1, which it is while the blocks don't tell

  private:
    struct Blocks {
        std::int64_t size, count = 0;
        Counted open = {}, all = {};
        double squares = 0; // of what was bad, over requests
    };
    Blocks scales_[2] = {{100}, {1000}};
};

// One question through all steps of a canary. What the steps before counted stays, so that a later one may pass at
// once; harm that begins with a step is seen by what that step counted.
class Criterion {
  public:
    // `confidence` is that of the whole canary of `steps` steps: half of its alpha is that of all requests together,
    // the other half is shared by the steps. `absolute`: the share is harm.least whatever the old release does.
    Criterion(Harm harm, Confidence confidence, std::size_t steps, std::int64_t least_requests, bool absolute = false)
        : harm_(harm), of_all_{confidence.alpha / 2, confidence.beta}, of_step_{of_all_.alpha /
                                                                                    static_cast<double>(steps),
                                                                                confidence.beta},
          least_requests_(least_requests), absolute_(absolute) {}

    void next_step();
    void add_before(const Counted& old); // of the old release alone, before it began
    void add_old(const Counted& more);
    void add_fresh(const Counted& more);
    Judged judge() const;
    bool enough() const;   // so many requests of both that it may be judged
    bool doubtful() const; // what there is, however little, speaks for harm
    bool harmful() const;  // doubtful, or what this step counted is
    const Counted& old() const { return old_; }
    const Counted& fresh() const { return fresh_; }

  private:
    double share_now() const;    // of the old release's requests that are bad
    double of_this_step() const; // evidence

    Harm harm_;
    Confidence of_all_, of_step_;
    std::int64_t least_requests_;
    bool absolute_;
    Dispersion dispersion_; // of the old release
    double carried_ = 0;    // evidence of the steps before, each beside what the old release did then
    Counted old_, fresh_, old_in_step_, fresh_in_step_;
};

// The floor that needs no statistics: at least ten failed, and more than half of the last twenty.
class HardFloor {
  public:
    void add(const Counted& more);
    bool reached() const;

  private:
    std::uint32_t last_ = 0; // one bit per request, of the last twenty
    std::int64_t bad_ = 0;
};

}
