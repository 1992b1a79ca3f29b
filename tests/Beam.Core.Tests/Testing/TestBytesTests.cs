namespace Beam.Core.Tests.Testing;

public sealed class TestBytesTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(3, 4)]
    [InlineData(5, 3)]
    [InlineData(7, 41)]
    [InlineData(8, 8)]
    public void Create_GivesTheSameBytes_FromAnyOffset(int offset, int length)
    {
        var whole = TestBytes.Create(seed: 7, length: 200);

        var part = TestBytes.Create(seed: 7, length, offset);

        Assert.Equal(whole[offset..(offset + length)], part);
    }

    [Fact]
    public void Create_GivesOtherBytes_ForAnotherSeed() =>
        Assert.NotEqual(TestBytes.Create(seed: 1, length: 64), TestBytes.Create(seed: 2, length: 64));

    [Fact]
    public void FindMismatch_TellsTheFirstWrongByte()
    {
        var bytes = TestBytes.Create(seed: 3, length: 10_000, offset: 5);
        Assert.Equal(-1, TestBytes.FindMismatch(seed: 3, offset: 5, bytes));

        bytes[9_000] ^= 1;

        Assert.Equal(9_005, TestBytes.FindMismatch(seed: 3, offset: 5, bytes));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PatternStream_IsVerified_WithoutBeingStored(bool seekable)
    {
        await using var stream = new PatternStream(seed: 9, length: 300_001, seekable);

        Assert.Equal(300_001, await VerifyingStream.VerifyAsync(stream, seed: 9));
    }

    [Fact]
    public async Task VerifyingStream_Throws_WhenAByteIsMissing()
    {
        var bytes = TestBytes.Create(seed: 9, length: 1000);
        using var source = new MemoryStream([.. bytes[..500], .. bytes[501..]]);

        await Assert.ThrowsAsync<InvalidDataException>(() => VerifyingStream.VerifyAsync(source, seed: 9));
    }
}
