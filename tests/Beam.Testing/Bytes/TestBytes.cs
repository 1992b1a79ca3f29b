using System.Buffers.Binary;
using System.Numerics;

namespace Beam.Testing;

/// <summary>Endless pseudo-random bytes that depend on a seed and an offset only, so that any part can be made or checked alone.</summary>
public static class TestBytes
{
    /// <summary>The first <paramref name="length"/> bytes, or those from <paramref name="offset"/> on.</summary>
    public static byte[] Create(int seed, int length, long offset = 0)
    {
        var bytes = new byte[length];
        Fill(seed, offset, bytes);
        return bytes;
    }

    /// <summary>Writes the bytes from <paramref name="offset"/> on into the whole of <paramref name="destination"/>.</summary>
    public static void Fill(int seed, long offset, Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!destination.IsEmpty)
        {
            var skip = (int)(offset % sizeof(ulong));
            if (skip == 0 && destination.Length >= sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination, WordAt(seed, offset));
                destination = destination[sizeof(ulong)..];
                offset += sizeof(ulong);
                continue;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(word, WordAt(seed, offset));
            var part = word[skip..];
            part = part[..Math.Min(part.Length, destination.Length)];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            offset += part.Length;
        }
    }

    /// <summary>The offset of the first byte that is not as it should be, or -1 when all are right.</summary>
    public static long FindMismatch(int seed, long offset, ReadOnlySpan<byte> actual)
    {
        Span<byte> expected = stackalloc byte[4096];
        while (!actual.IsEmpty)
        {
            var part = expected[..Math.Min(expected.Length, actual.Length)];
            Fill(seed, offset, part);
            var same = part.CommonPrefixLength(actual);
            if (same < part.Length)
            {
                return offset + same;
            }

            actual = actual[part.Length..];
            offset += part.Length;
        }

        return -1;
    }

    // SplitMix64: its output is a function of a counter, which is what makes every offset reachable at once.
    private static ulong WordAt(int seed, long offset)
    {
        var mixed = ((ulong)(offset / sizeof(ulong)) + ((ulong)(uint)seed << 40) + 1) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return BitOperations.RotateLeft(mixed, 31) ^ mixed;
    }
}
