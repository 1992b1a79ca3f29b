using System.Net;
using Beam.AspNetCore.Quotas;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Tests.Quotas;

/// <summary>What is counted for whom, and for how long it is remembered.</summary>
public sealed class QuotaTableTests
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7/32")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7/32")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void Address_CountsByItsNetwork(string address, string expected)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };

        Assert.Equal(IPNetwork.Parse(expected), ClientNetwork.Of(context));
    }

    [Fact]
    public void Header_IsNoAddress()
    {
        var context = new DefaultHttpContext { Request = { Headers = { ["X-Forwarded-For"] = "192.0.2.7" } } };

        Assert.Null(ClientNetwork.Of(context));
    }

    [Fact]
    [Trait("Rule", "P3")]
    public void Table_RemembersNoMoreThanItMay()
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        for (var i = 0; i < 10_000; i++)
        {
            Move(table, i, bytes: 5);
        }

        Assert.Equal(100, table.Count);

        // The newest are remembered.
        Assert.NotNull(TryTake(table, 9_999, bytes: 6, out _));
        Assert.Null(TryTake(table, 0, bytes: 6, out var uses));
        table.Return(uses, difference: 0);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public void Table_ForgetsWhoHasMovedNothing_AndOthersAfterTheWindow()
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        Move(table, "a", bytes: 0);
        Assert.Equal(0, table.Count);

        Move(table, "b", bytes: 1);
        Assert.Equal(1, table.Count);
        _clock.Advance(Window);
        Move(table, "c", bytes: 0);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Refusal_TakesNothing_AlsoNotOfOtherQuotas()
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        QuotaClaim roomy = new(QuotaKind.Token, "roomy", MaxTransfers: 1, MaxBytes: 10);
        QuotaClaim full = new(QuotaKind.Address, "full", MaxTransfers: 0, MaxBytes: 10);
        Assert.Null(table.TryTake([new(QuotaKind.Address, "full", MaxTransfers: 1, MaxBytes: 10)], 0, out var held));

        Assert.Equal(QuotaKind.Address, table.TryTake([roomy, full], 5, out _)!.Kind);

        Assert.Null(table.TryTake([roomy], 10, out var uses));
        table.Return(uses, difference: -10);
        table.Return(held, difference: 0);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Bytes_AreCountedAsMoved_NotAsDeclared()
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        Assert.Null(TryTake(table, "a", bytes: 10, out var uses));
        Assert.NotNull(TryTake(table, "a", bytes: 1, out _));
        table.Return(uses, difference: -6);

        Assert.Equal(TimeSpan.FromMinutes(60), TryTake(table, "a", bytes: 7, out _)!.Wait);
        Assert.Null(TryTake(table, "a", bytes: 6, out uses));
        table.Return(uses, difference: 0);
    }

    private static void Move(QuotaTable table, object key, long bytes)
    {
        Assert.Null(TryTake(table, key, bytes, out var uses));
        table.Return(uses, difference: 0);
    }

    private static QuotaRefusal? TryTake(QuotaTable table, object key, long bytes, out List<QuotaUse> uses)
        => table.TryTake([new(QuotaKind.Address, key, MaxTransfers: 10, MaxBytes: 10)], bytes, out uses);
}
