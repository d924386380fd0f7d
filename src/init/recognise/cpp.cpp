#include "init/recognise/recogniser.h"

namespace fairlead::init {

bool describe_cpp(Folder&, Component&) { return false; }

}
