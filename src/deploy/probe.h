#pragma once
#include "deploy/release/release.h"
#include "deploy/settings.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>

// What one answer of the health path means.
namespace fairlead::deploy {

struct Judgement {
    bool good = false;
    bool unreachable = false; // no answer at all
    std::string problem;      // "answers 503", "version 1.0.0 answers, expected 1.1.0"
};

Judgement judge(const sys::HttpResponse& response, const Health& health, const ReleaseInfo& release);

// The version that an answer tells: header or JSON member as `health` says; empty: none.
std::string told_version(const sys::HttpResponse& response, const Health& health);

}
