namespace Beam.AspNetCore.Forms;

/// <summary>The checksum of zip files, eight bytes at a time. The framework's own implementation is not public.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[][] Tables = CreateTables();

    /// <summary>Continues a checksum; begin with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var (t0, t1, t2, t3, t4, t5, t6, t7) = (Tables[0], Tables[1], Tables[2], Tables[3], Tables[4], Tables[5], Tables[6], Tables[7]);
        var value = ~crc;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            value ^= (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24));
            value = t7[value & 0xFF] ^ t6[(value >> 8) & 0xFF] ^ t5[(value >> 16) & 0xFF] ^ t4[value >> 24]
                ^ t3[bytes[4]] ^ t2[bytes[5]] ^ t1[bytes[6]] ^ t0[bytes[7]];
        }

        foreach (var next in bytes)
        {
            value = (value >> 8) ^ t0[(value ^ next) & 0xFF];
        }

        return ~value;
    }

    private static uint[][] CreateTables()
    {
        var tables = new uint[8][];
        tables[0] = [.. Enumerable.Range(0, 256).Select(static index => Divide((uint)index))];
        for (var table = 1; table < tables.Length; table++)
        {
            var before = tables[table - 1];
            tables[table] = [.. before.Select(value => (value >> 8) ^ tables[0][value & 0xFF])];
        }

        return tables;
    }

    private static uint Divide(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
        }

        return value;
    }
}
