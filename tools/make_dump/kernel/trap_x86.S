# From a page fault to KeBugCheckEx, with the KTRAP_FRAME (0x8C bytes) of 32-bit Windows. Its first two words
# repeat ebp and eip, so that the chain of frame pointers leads through it.
.intel_syntax noprefix
.text

.globl _KiTrap0E
_KiTrap0E:
  push ebp                     # behind error code, eip, cs, eflags
  push ebx
  push esi
  push edi
  push fs
  push dword ptr fs:[0]
  sub esp, 0x4C
  mov ebp, esp
  mov [ebp+0x40], eax
  mov [ebp+0x3C], ecx
  mov [ebp+0x38], edx
  mov eax, [ebp+0x60]
  mov [ebp], eax               # DbgEbp
  mov eax, [ebp+0x68]
  mov [ebp+4], eax             # DbgEip
  mov dword ptr [ebp+8], 0xBADB0D00
  mov edi, cr2
  push ebp
  call _KiSelectFaultCode@4
  push dword ptr [ebp+0x68]    # 4: the instruction
  mov ecx, [ebp+0x64]          # 3: read, write or execute, from the error code
  xor edx, edx
  bt ecx, 1
  adc edx, 0
  bt ecx, 4
  jnc 1f
  mov edx, 8
1: push edx
  movzx ecx, byte ptr [_KiCurrentIrql]
  push ecx                     # 2: the IRQL
  push edi                     # 1: the address
  push eax
  call _KeBugCheckEx@20
  int3

.globl _KeBugCheckEx@20
_KeBugCheckEx@20:
  push ebp
  mov ebp, esp
  sub esp, 0x10
  cli
  push dword ptr [ebp+0x18]
  push dword ptr [ebp+0x14]
  push dword ptr [ebp+0x10]
  push dword ptr [ebp+0x0C]
  push dword ptr [ebp+8]
  call _KeBugCheck2@20
  int3
