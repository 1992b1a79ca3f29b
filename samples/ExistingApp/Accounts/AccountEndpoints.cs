using System.Security.Claims;
using System.Threading.RateLimiting;
using Beam.AspNetCore.Quotas;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace ExistingApp.Accounts;

/// <summary>Signing in and out with a cookie.</summary>
internal static class AccountEndpoints
{
    private const string RateLimit = "passwords";

    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<UserList>();
        services.AddAuthorization();

        // Passwords are guessed by trying many of them.
        services.AddRateLimiter(static limiter => limiter.AddPolicy(RateLimit, static context => RateLimitPartition.GetFixedWindowLimiter(
            ClientNetwork.Of(context),
            static _ => new FixedWindowRateLimiterOptions { PermitLimit = 10, Window = TimeSpan.FromMinutes(1) })));
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.SameSite = SameSiteMode.Strict;

            // Behind a proxy that nobody has named, requests look like plain http. Browsers and curl take http on this machine for secure.
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;

            // Programs take a redirect to a login page for success.
            cookie.Events.OnRedirectToLogin = redirect =>
            {
                redirect.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            };
        });
    }

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        // SameOrigin does what an antiforgery token would do, and programs need none.
        app.MapPost("/login", LoginAsync).DisableAntiforgery().AddEndpointFilter<SameOrigin>().RequireRateLimiting(RateLimit);
        app.MapPost("/logout", (Delegate)LogoutAsync).AddEndpointFilter<SameOrigin>();
        app.MapGet("/me", (ClaimsPrincipal user) => new Account(user.Identity!.Name!)).RequireAuthorization();
    }

    private static async Task<Results<NoContent, UnauthorizedHttpResult>> LoginAsync(
        [FromForm] string user,
        [FromForm] string password,
        UserList users,
        HttpContext context)
    {
        if (!users.Knows(user, password))
        {
            return TypedResults.Unauthorized();
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity));
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LogoutAsync(HttpContext context)
    {
        await context.SignOutAsync();
        return TypedResults.NoContent();
    }
}
