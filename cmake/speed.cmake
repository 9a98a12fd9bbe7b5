# What makes a build quick where the machine has it: ccache, a fast linker, one link at a time
# (a link of gRPC wants memory, and two of them would swap on a small machine).
find_program(PAAS_CCACHE ccache)
if(PAAS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PAAS_CCACHE})
endif()

find_program(PAAS_MOLD mold)
find_program(PAAS_LLD NAMES ld.lld ld.lld-19)
if(PAAS_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(PAAS_LLD)
  add_link_options(-fuse-ld=lld)
endif()

set_property(GLOBAL APPEND PROPERTY JOB_POOLS link=1)
set(CMAKE_JOB_POOL_LINK link)

# For a look at every source by itself: no object comes of it, and it takes two thirds of the time.
option(PAAS_SYNTAX_ONLY "Only check the sources" OFF)
if(PAAS_SYNTAX_ONLY)
  add_compile_options(-fsyntax-only)
endif()
