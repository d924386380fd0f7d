#pragma once
#include "preflight/judge.h"
#include <array>
#include <string>
#include <string_view>
#include <vector>

// Rates a project by one number. Each of six parts starts at 100; an error costs 25, a warning 8, an info 1, down to 0.
// The total is the mean of the parts, but at most 69 while there is an error.
namespace fairlead::preflight {

enum class Part { infrastructure, configuration, security, monitoring, documentation, automation };
constexpr std::size_t parts = 6;
std::string_view name_of(Part part);
Part part_of(std::string_view rule);

inline constexpr std::string_view score_formula =
    "each part 100 - 25 per error - 8 per warning - 1 per info, at least 0; total = mean of the parts, at most 69 with "
    "an error";

struct Score {
    int total = 100;
    std::array<int, parts> of{100, 100, 100, 100, 100, 100};
};
// unread: number of files; each counts as an error
Score score(const std::vector<Judged>& found, std::size_t unread = 0);

// The effect of fixing all findings of a rule. Sorted: first rules that --fix can fix, then by points per finding.
struct Gain {
    std::string rule;
    std::size_t findings = 0;
    int points = 0; // of the total score
    bool is_safe = false;
};
std::vector<Gain> gains(const std::vector<Judged>& found, std::size_t most = 3);

}
