#pragma once
#include <chrono>

namespace fairlead::sys {

class Cancel; // sys/cancel.h

enum class Waited { ready, time_over, interrupted }; // interrupted: a stop was requested, or `cancel` was asked

// Waits until poll(2) reports one of `events` for the descriptor. `cancel` may be null.
Waited wait_until_ready(int descriptor, short events, std::chrono::steady_clock::time_point end, const Cancel* cancel);

}
