// The variables by which debuggers find their way. Sizes are those of Windows 10 19041, the largest in use here.
#include "nt.h"

__declspec(dllexport) LIST_ENTRY PsLoadedModuleList = {&PsLoadedModuleList, &PsLoadedModuleList};
LIST_ENTRY PsActiveProcessHead = {&PsActiveProcessHead, &PsActiveProcessHead};
LIST_ENTRY ExpSystemResourcesList = {&ExpSystemResourcesList, &ExpSystemResourcesList};
LIST_ENTRY KeBugCheckCallbackListHead = {&KeBugCheckCallbackListHead, &KeBugCheckCallbackListHead};

uptr KiBugCheckData[5];
uptr KiProcessorBlock[64];
uptr MmPfnDatabase;
uptr MmPhysicalMemoryBlock;
uptr MmUnloadedDrivers;
u32 MmLastUnloadedDriver;
uptr PsInitialSystemProcess;
uptr PspCidTable;
uptr CmNtCSDVersion;
u32 KeTimeIncrement = 156250;

// With these three an encoded debugger block is decoded.
u64 KiWaitNever;
u64 KiWaitAlways;
u8 KdpDataBlockEncoded;

#if !defined(__x86_64__)
volatile u8 KiCurrentIrql; // see cpu.h
#endif

char NtBuildLab[64];
u64 KdDebuggerDataBlock[0x380 / 8];

__attribute__((aligned(4096))) u8 KiInitialPCR[0xC000];
__attribute__((aligned(64))) u8 KiInitialProcess[0xA40];
__attribute__((aligned(64))) u8 KiInitialThread[0x8C0];
__attribute__((aligned(64))) u8 KiInitialContext[0x4D0];
