#pragma once
#include "sys/stream/stream.h"
#include <functional>
#include <memory>
#include <thread>

namespace fairlead::sys {

// What is written goes on in a thread of its own, at most 1 MiB behind: the writer doesn't wait for what `into` does,
// whose errors come with a later write or with close(). Whoever drops it waits for that thread.
std::unique_ptr<Sink> behind(std::unique_ptr<Sink> into);

// What `write` writes, in a thread of its own, at most 1 MiB ahead; its error comes where its bytes end. It doesn't
// close the sink that it gets. Whoever drops the source ends it: its next write fails.
std::unique_ptr<Source> written_by(std::function<Result<void>(Sink&)> write);

// Signals are heard by the threads that were there.
std::thread deaf_thread(std::function<void()> work);

}
