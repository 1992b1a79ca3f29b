using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>A receiver that goes cancels what it has claimed. Its connection breaks at that very moment.</summary>
[Trait("Rule", "P28")]
public sealed class CancelRaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sender_HearsOfTheEnd_WheneverTheConnectionBreaks(bool isRevoked)
    {
        using var test = new TestRelay(static options =>
        {
            options.MaxTokensPerChannel = 10_000;
            options.ResumeTimeout = TimeSpan.FromMinutes(2);
        });
        for (var i = 0; i < 500; i++)
        {
            var name = $"file{i}";
            var link = (await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Receive))!.Token;
            await using var sender = test.Send(name);
            var receiver = test.Receive(name, token: link);
            await sender.WriteAsync(0, 100);
            await receiver.TakeSomeAsync();

            using var start = new Barrier(2);
            var leaving = Task.Run(async () =>
            {
                start.SignalAndWait();
                await receiver.DisposeAsync();
            });
            await Task.Run(async () =>
            {
                start.SignalAndWait();
                if (isRevoked)
                {
                    await test.Relay.RevokeAsync(link);
                }
                else
                {
                    Assert.Equal(TransferError.None, test.Relay.Cancel(link, name));
                }
            });
            await leaving;

            Assert.Equal(isRevoked ? TransferError.TokenEnded : TransferError.Cancelled, (await sender.Result.Soon()).Error);
        }
    }
}
