# From a page fault to KeBugCheckEx, with frames laid out as in Windows 10 19041: KTRAP_FRAME (0x190 bytes) at
# [rbp-0x80] of KiPageFault, a KEXCEPTION_FRAME in KiBugCheckDispatch, the CONTEXT taken by KeBugCheckEx.
.intel_syntax noprefix
.text

.globl KiPageFault
.seh_proc KiPageFault
KiPageFault:
  .seh_pushframe @code
  push rbp
  .seh_pushreg rbp
  sub rsp, 0x158
  .seh_stackalloc 0x158
  lea rbp, [rsp+0x80]
  .seh_setframe rbp, 0x80
  .seh_endprologue
  cld
  mov [rbp-0x50], rax
  mov [rbp-0x48], rcx
  mov [rbp-0x40], rdx
  mov [rbp-0x38], r8
  mov [rbp-0x30], r9
  mov [rbp-0x28], r10
  mov [rbp-0x20], r11
  mov byte ptr [rbp-0x58], 0
  mov [rbp+0xC0], rbx
  mov [rbp+0xC8], rdi
  mov [rbp+0xD0], rsi
  mov rax, cr2
  mov [rbp+0x50], rax
  lea rcx, [rbp-0x80]
  call KiSelectFaultCode
  mov ecx, eax
  mov rdx, [rbp+0x50]      # 1: the address
  mov r8, cr8              # 2: the IRQL
  mov rax, [rbp+0xE0]      # 3: read, write or execute, from the error code
  xor r9d, r9d
  bt eax, 1
  adc r9d, 0
  bt eax, 4
  jnc 1f
  mov r9d, 8
1: mov r10, [rbp+0xE8]     # 4: the instruction
  call KiBugCheckDispatch
  nop
  int3
.seh_endproc

# ecx: code; rdx, r8, r9, r10: parameters
.globl KiBugCheckDispatch
.seh_proc KiBugCheckDispatch
KiBugCheckDispatch:
  sub rsp, 0x138
  .seh_stackalloc 0x138
  mov [rsp+0xF8], rbp
  .seh_savereg rbp, 0xF8
  mov [rsp+0x100], rbx
  .seh_savereg rbx, 0x100
  mov [rsp+0x108], rdi
  .seh_savereg rdi, 0x108
  mov [rsp+0x110], rsi
  .seh_savereg rsi, 0x110
  mov [rsp+0x118], r12
  .seh_savereg r12, 0x118
  mov [rsp+0x120], r13
  .seh_savereg r13, 0x120
  mov [rsp+0x128], r14
  .seh_savereg r14, 0x128
  mov [rsp+0x130], r15
  .seh_savereg r15, 0x130
  .seh_endprologue
  mov [rsp+0x20], r10
  call KeBugCheckEx
  nop
  int3
.seh_endproc

.globl KeBugCheckEx
.seh_proc KeBugCheckEx
KeBugCheckEx:
  mov [rsp+8], rcx
  mov [rsp+0x10], rdx
  mov [rsp+0x18], r8
  mov [rsp+0x20], r9
  pushfq
  .seh_stackalloc 8
  sub rsp, 0x30
  .seh_stackalloc 0x30
  .seh_endprologue
  cli
  push rax
  mov rax, gs:[0x20]
  mov rax, [rax+0x85C0]    # Prcb.Context
  mov dword ptr [rax+0x30], 0x10001F
  mov [rax+0x80], rcx
  mov [rax+0x88], rdx
  mov [rax+0x90], rbx
  lea rcx, [rsp+0x40]
  mov [rax+0x98], rcx      # rsp at entry
  mov [rax+0xA0], rbp
  mov [rax+0xA8], rsi
  mov [rax+0xB0], rdi
  mov [rax+0xB8], r8
  mov [rax+0xC0], r9
  mov [rax+0xC8], r10
  mov [rax+0xD0], r11
  mov [rax+0xD8], r12
  mov [rax+0xE0], r13
  mov [rax+0xE8], r14
  mov [rax+0xF0], r15
  lea rcx, [rip+KeBugCheckEx]
  mov [rax+0xF8], rcx
  mov rcx, [rsp+0x38]
  mov [rax+0x44], ecx
  mov word ptr [rax+0x38], cs
  mov word ptr [rax+0x3A], ds
  mov word ptr [rax+0x3C], es
  mov word ptr [rax+0x3E], fs
  mov word ptr [rax+0x40], gs
  mov word ptr [rax+0x42], ss
  mov rcx, rax
  pop rax
  mov [rcx+0x78], rax
  mov ecx, [rsp+0x40]
  mov r10, [rsp+0x60]
  mov [rsp+0x20], r10
  call KeBugCheck2
  nop
  int3
.seh_endproc
