#pragma once
#include "base/result.h"
#include "support/catch.h"
#include <utility>

namespace fairlead::test {

// What a result holds; an error fails the test.
template <typename T>
T value(Result<T> result) {
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return std::move(result).value();
}

}
