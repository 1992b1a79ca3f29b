using System.Net;
using Beam.AspNetCore.Quotas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Quotas;

/// <summary>What is counted for whom, and for how long it is remembered.</summary>
public sealed class QuotaTableTests
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7/32")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7/32")]
    [InlineData("2001:db8:1:2ff:3:4:5:6", "2001:db8:1:200::/56")]
    [InlineData("2001:db8:1:201:ffff::1", "2001:db8:1:200::/56")]
    [InlineData("2001:db8:1:300::1", "2001:db8:1:300::/56")]
    [InlineData("2001:db8:1:2ff::1", "2001:db8:1:2ff::/64", 64)]
    [InlineData("2001:db8:1:2ff::1", "2001:db8:1:2c0::/58", 58)]
    [InlineData("2001:db8:1:2ff::1", "2001:db8:1:2ff::1/128", 128)]
    [InlineData("64:ff9b::192.0.2.7", "192.0.2.7/32")]
    [InlineData("64:ff9b:1::192.0.2.7", "64:ff9b:1::/56")]
    [InlineData("fe80::1%3", "fe80::/56")]
    public void Address_CountsByItsNetwork(string address, string expected, int length = 56)
    {
        var services = new ServiceCollection().Configure<BeamQuotaOptions>(options => options.Ipv6PrefixLength = length);
        using var provider = services.BuildServiceProvider();
        var context = new DefaultHttpContext
        {
            Connection = { RemoteIpAddress = IPAddress.Parse(address) },
            RequestServices = provider,
        };

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
        Assert.Null(TryTake(table, 0, bytes: 6, out var charges));
        table.Return(charges, movedBytes: 6);
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

        Assert.Null(table.TryTake([roomy], 10, out var charges));
        table.Return(charges, movedBytes: 0);
        table.Return(held, movedBytes: 0);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Bytes_AreCountedAsMoved_NotAsDeclared()
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        Assert.Null(TryTake(table, "a", bytes: 10, out var charges));
        Assert.NotNull(TryTake(table, "a", bytes: 1, out _));
        table.Return(charges, movedBytes: 4);

        Assert.Equal(TimeSpan.FromMinutes(60), TryTake(table, "a", bytes: 7, out _)!.Wait);
        Assert.Null(TryTake(table, "a", bytes: 6, out charges));
        table.Return(charges, movedBytes: 6);
    }

    [Fact]
    public void Correction_LeavesAnotherWindowAlone()
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        Assert.Null(TryTake(table, "a", bytes: 10, out var before));
        _clock.Advance(Window);
        Assert.Null(TryTake(table, "a", bytes: 9, out var now));

        table.Return(before, movedBytes: 0);

        Assert.NotNull(TryTake(table, "a", bytes: 2, out _));
        table.Return(now, movedBytes: 9);
        Assert.NotNull(TryTake(table, "a", bytes: 2, out _));
        Move(table, "a", bytes: 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bytes_CountInTheWindowInWhichTheRequestEnds_WhenTheyWereNotDeclared(bool hasOthers)
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        Assert.Null(TryTake(table, "a", bytes: 3, out var charges));
        _clock.Advance(Window);
        if (hasOthers)
        {
            Move(table, "a", bytes: 1);
        }

        table.Return(charges, movedBytes: 11);

        // 8 more than were declared: those count now, and for a whole window.
        Assert.Equal(Window, TryTake(table, "a", bytes: hasOthers ? 2 : 3, out _)!.Wait);
        Move(table, "a", bytes: hasOthers ? 1 : 2);
    }

    [Fact]
    public void Bytes_DoNotCount_WhereOnlyRequestsAreLimited()
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        QuotaClaim claim = new(QuotaKind.Address, "a", MaxTransfers: 3, MaxBytes: null);
        Assert.Null(table.TryTake([claim], long.MaxValue, out var first));
        Assert.Null(table.TryTake([claim], long.MaxValue, out var second));
        Assert.Null(table.TryTake([claim], 0, out var third));

        Array.ForEach([first, second, third], charges => table.Return(charges, movedBytes: long.MaxValue));

        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Refusal_ComesAlso_WhenASumCouldNotHoldTheBytes()
    {
        var table = new QuotaTable(Window, maxRemembered: 100, _clock);
        QuotaClaim claim = new(QuotaKind.Address, "a", MaxTransfers: 3, MaxBytes: long.MaxValue);
        Assert.Null(table.TryTake([claim], 3, out var charges));

        Assert.NotNull(table.TryTake([claim], long.MaxValue - 2, out _));

        Assert.Null(table.TryTake([claim], long.MaxValue - 3, out var rest));
        table.Return(rest, movedBytes: 0);
        table.Return(charges, movedBytes: 0);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Window_NeverForgetsWhatItHasCounted_WhateverEndsWhen()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var table = new QuotaTable(Window, maxRemembered: 100, _clock);
            QuotaClaim claim = new(QuotaKind.Address, "a", MaxTransfers: int.MaxValue, MaxBytes: 1_000);
            var running = new List<(List<QuotaCharge> Charges, long Declared)>();
            for (var step = 0; step < 50; step++)
            {
                switch (random.Next(4))
                {
                    case 0 or 1:
                        var bytes = random.Next(3) == 0 ? 0 : random.NextInt64(random.Next(20) == 0 ? long.MaxValue : 1_200);
                        if (table.TryTake([claim], bytes, out var charges) is null)
                        {
                            running.Add((charges, bytes));
                        }

                        break;
                    case 2 when running.Count > 0:
                        var index = random.Next(running.Count);
                        var (ended, declared) = running[index];
                        running.RemoveAt(index);
                        var (use, window, before) = (ended[0].Use, ended[0].Use.Window, ended[0].Use.Bytes);
                        var moved = random.Next(2) == 0 ? declared : random.NextInt64(1_200);
                        table.Return(ended, moved);

                        // Only its own window has anything to give back.
                        var isOwn = ended[0].Window == window;
                        var expected = isOwn ? before + moved - declared : before + Math.Max(0, moved - declared);
                        Assert.True(use.Window != window || use.Bytes == expected, $"Seed {seed}, step {step}.");
                        break;
                    default:
                        _clock.Advance(Window / random.Next(1, 5));
                        break;
                }

                Assert.All(running, each => Assert.True(
                    each.Charges[0].Use.Window != each.Charges[0].Window || each.Charges[0].Use.Bytes >= each.Declared,
                    $"Seed {seed}, step {step}."));
            }

            running.ForEach(each => table.Return(each.Charges, each.Declared));
            Assert.Equal(0, table.BusyCount);
        }
    }

    private static void Move(QuotaTable table, object key, long bytes)
    {
        Assert.Null(TryTake(table, key, bytes, out var charges));
        table.Return(charges, bytes);
    }

    private static QuotaRefusal? TryTake(QuotaTable table, object key, long bytes, out List<QuotaCharge> charges)
        => table.TryTake([new(QuotaKind.Address, key, MaxTransfers: 10, MaxBytes: 10)], bytes, out charges);
}
