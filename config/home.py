from django.shortcuts import redirect, render

from jobs.todo import todo_for as jobs_todo
from people.access import public, signed_in


@public
def front(request):
    """Lead to what needs the person today, or to signing in."""
    return redirect("home" if request.user.is_authenticated else "account_login")


@signed_in
def home(request):
    """What needs this person today, most urgent first, composed from every app."""
    todos = sorted(jobs_todo(request.user), key=lambda todo: -todo.urgency)
    return render(request, "home.html", {"todos": todos})
