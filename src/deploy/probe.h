#pragma once
#include "deploy/release/release.h"
#include "deploy/settings.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>

// Judges one answer of the health path.
namespace fairlead::deploy {

struct Judgement {
    bool good = false;
    bool unreachable = false; // no answer at all
    std::string problem;      // "answers 503", "version 1.0.0 answers, expected 1.1.0"
};

Judgement judge(const sys::HttpResponse& response, const Health& health, const ReleaseInfo& release);

// Returns the version in an answer: header or JSON member as `health` says; empty: none.
std::string told_version(const sys::HttpResponse& response, const Health& health);

}
