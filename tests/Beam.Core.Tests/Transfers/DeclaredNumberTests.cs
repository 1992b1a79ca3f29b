using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>No length and no offset is negative, or larger than any file can be: what adds to them need not fear a sum.</summary>
[Trait("Rule", "P15")]
public sealed class DeclaredNumberTests : IDisposable
{
    private readonly TestRelay _test = new(static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));

    public static TheoryData<long> Illegal => [-1, long.MinValue, TransferDescription.LargestLength + 1, long.MaxValue];

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(Illegal))]
    public async Task Number_IsTheCallersMistake_WhenNoFileHasIt(long number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransferDescription(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransferDescription() with { Length = number });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReceiveTerms { From = number });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReceiveTerms { To = number });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _test.Relay.ResumeAsSenderAsync(_test.Token, "file", number, length: null));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _test.Relay.ResumeAsSenderAsync(_test.Token, "file", 0, number));
    }

    [Fact]
    public async Task Length_CanBeTheLargest_AndTheTransferIsAsOthersAre()
    {
        await using var sender = _test.Send(length: TransferDescription.LargestLength);
        await using var receiver = _test.Receive("file", new ReceiveTerms { From = 0, To = TransferDescription.LargestLength });
        await sender.WriteAsync(0, 100);

        Assert.Equal(100, await receiver.TakeSomeAsync());
        Assert.Equal(TransferDescription.LargestLength, receiver.Lease.Length);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Resume_IsRefused_WhenTheLengthIsLessThanWhatHasCome()
    {
        await using var sender = _test.Send();
        await sender.WriteAsync(0, 100);
        await Eventually.TrueAsync(() => _test.Relay.GetSnapshot().Transfers[0].Held.To == 100, "the bytes have come");

        var joined = await _test.Relay.ResumeAsSenderAsync(_test.Token, "file", 100, length: 99);

        Assert.Equal(TransferError.LengthChanged, joined.Error);
        Assert.False(sender.Result.IsCompleted);
    }
}
