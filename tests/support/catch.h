#pragma once
// Catch2 3 (Debian 13, Ubuntu 24.04) and 2 (Debian 12).
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif
#include "support/support.h"
